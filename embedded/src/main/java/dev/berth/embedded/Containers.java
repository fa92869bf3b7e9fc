package dev.berth.embedded;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.container.CreateRequest;
import dev.berth.engine.container.Created;
import dev.berth.engine.container.ListQuery;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.LongTexts;
import dev.berth.image.oci.Platform;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The containers of an engine. */
public final class Containers {
    private final Berth berth;
    private final Jsonb jsonb = Jsonb.builder().adapter(LongTexts.stream()).build();

    Containers(Berth berth) {
        this.berth = berth;
    }

    /**
     * Makes a container; nothing runs yet. Its image is fetched where that is needed. The caller closes it, or it goes with the
     * engine.
     *
     * @throws BerthException NOT_FOUND for the image, CONFLICT for the name, INVALID or UNSUPPORTED for a part of the
     *     specification, which is named
     */
    public Container create(ContainerSpec spec) {
        return Failures.gives(() -> {
            Optional<Platform> platform = platform(spec.platform());
            switch (spec.pull()) {
                case MISSING -> berth.images().findOrPull(spec.image(), platform);
                case ALWAYS -> berth.images().pull(spec.image(), platform, _ -> {});
                case NEVER -> {
                    // the engine says so where it is not here
                }
            }
            Created created = berth.engine()
                    .containers()
                    .create(new CreateRequest(
                            spec.name(),
                            platform,
                            read(ContainerConfig.class, spec.config()),
                            read(HostConfig.class, spec.host()),
                            read(NetworkingConfig.class, spec.networking())));
            return container(berth.engine().containers().inspect(created.id()));
        });
    }

    /** Makes a container and starts it; where it cannot be started, nothing of it stays. */
    public Container run(ContainerSpec spec) {
        Container container = create(spec);
        try {
            container.start();
            return container;
        } catch (RuntimeException e) {
            container.close();
            throw e;
        }
    }

    /** All there are, running or not, the youngest first. */
    public List<Container> list() {
        return Failures.gives(() -> berth.engine()
                .containers()
                .list(ListQuery.ALL)
                .map(this::container)
                .toList());
    }

    /** The container of a name, or of an ID or the start of one. */
    public Optional<Container> find(String nameOrId) {
        return Failures.gives(() -> {
            try {
                return Optional.of(container(berth.engine().containers().inspect(nameOrId)));
            } catch (EngineException e) {
                if (e.kind() == EngineException.Kind.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    static Optional<Platform> platform(Optional<String> text) throws IOException {
        return text.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(text.get()));
    }

    private Container container(ContainerInspection found) {
        return new Container(berth, found.id(), found.name());
    }

    private <T> T read(Class<T> type, Map<String, Object> members) {
        return jsonb.type(type).fromJson(jsonb.toJson(members));
    }
}
