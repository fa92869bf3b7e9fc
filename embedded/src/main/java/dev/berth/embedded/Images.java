package dev.berth.embedded;

import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.Builder;
import dev.berth.build.SecretSource;
import dev.berth.build.SshAgents;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.java.JavaBase;
import dev.berth.build.java.JavaImage;
import dev.berth.build.java.JavaImageOptions;
import dev.berth.build.java.JavaRuntimes;
import dev.berth.build.java.JavaSource;
import dev.berth.build.output.ResultOptions;
import dev.berth.engine.Engine;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.spec.ConfigInstructions;
import dev.berth.image.Image;
import dev.berth.image.ImportOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.DockerConfig;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.Reference;
import dev.berth.image.registry.TransferListener;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The images of an engine, which stay for the next one. Registries are met with what {@code docker login} has left in
 * {@code ~/.docker/config.json}.
 */
public final class Images {
    private final Berth berth;
    private final JavaRuntimes runtimes = new JavaRuntimes();

    Images(Berth berth) {
        this.berth = berth;
    }

    /** All there are, the newest first. */
    public List<ImageInfo> list() {
        return Failures.gives(
                () -> store().store().list().stream().map(ImageInfo::of).toList());
    }

    /** The image of a name, or of an ID or the start of one. */
    public Optional<ImageInfo> find(String nameOrId) {
        return Failures.gives(() -> {
            try {
                return Optional.of(ImageInfo.of(store().store().find(nameOrId)));
            } catch (ImageException e) {
                if (e.kind() == ImageException.Kind.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** As {@link #pull(String, Consumer)}, with nobody told. */
    public ImageInfo pull(String name) {
        return pull(name, _ -> {});
    }

    /**
     * Fetches an image from its registry, but for what is here of it.
     *
     * @param progress told how far it is, by several threads but one at a time
     * @throws BerthException NOT_FOUND, FORBIDDEN, UNAVAILABLE, NO_SPACE, INVALID; what came whole is kept for the next attempt
     */
    public ImageInfo pull(String name, Consumer<Progress> progress) {
        return Failures.gives(() -> ImageInfo.of(pull(name, Optional.empty(), progress)));
    }

    Image pull(String name, Optional<Platform> platform, Consumer<Progress> progress) throws IOException {
        return store().pull(new PullRequest(name, false, platform, credentials(name)), listener(progress));
    }

    Image findOrPull(String name, Optional<Platform> platform) throws IOException {
        try {
            return store().store().find(name, platform);
        } catch (ImageException e) {
            if (e.kind() != ImageException.Kind.NOT_FOUND && e.kind() != ImageException.Kind.NO_MATCHING_PLATFORM) {
                throw e;
            }
            return pull(name, platform, _ -> {});
        }
    }

    /**
     * Builds an image from a Dockerfile, on this thread; an interrupt ends it. Nothing but the cache is left of one that fails.
     *
     * @throws BerthException INVALID for what makes no sense, with the lines of the Dockerfile; FAILED where a step fails
     */
    public ImageInfo build(BuildSpec spec) {
        return Failures.gives(() -> {
            Builder builder = berth.builder();
            return ImageInfo.of(
                    builder.build("", request(spec), builder.folder(spec.context(), Map.of()), listener(spec)));
        });
    }

    private static BuildRequest request(BuildSpec spec) {
        Map<String, Optional<String>> arguments = new HashMap<>();
        spec.arguments().forEach((name, value) -> arguments.put(name, Optional.of(value)));
        return new BuildRequest(
                spec.dockerfile(),
                Optional.empty(),
                Map.of(),
                spec.names(),
                spec.target(),
                arguments,
                spec.labels(),
                Optional.empty(),
                spec.cached(),
                Set.of(),
                spec.pull(),
                Map.of(),
                SecretSource.of(Map.of()),
                SshAgents.NONE,
                Optional.empty(),
                domain -> Failures.gives(() -> DockerConfig.ofUser().credentials(domain)),
                CacheOptions.NONE,
                ResultOptions.DEFAULT);
    }

    private static BuildListener listener(BuildSpec spec) {
        return new BuildListener() {
            @Override
            public void text(String text) {
                spec.output().accept(text);
            }

            @Override
            public void built(Digest image) {}

            @Override
            public TransferListener transfers() {
                return _ -> {};
            }
        };
    }

    /**
     * Makes an image of a Java application; nothing of it runs meanwhile.
     *
     * @throws BerthException NOT_FOUND for a file or the base, INVALID for what makes no sense
     */
    public ImageInfo build(JarSpec spec) {
        return Failures.gives(() -> {
            Path scratch = berth.engine().scratch();
            return ImageInfo.of(store().make(
                            spec.names(),
                            assembly -> new JavaImage(
                                            new JavaSource(spec.jar(), spec.libraries(), Optional.empty()),
                                            base(spec),
                                            options(spec),
                                            scratch,
                                            spec.output())
                                    .make(assembly)));
        });
    }

    private JavaBase base(JarSpec spec) throws IOException {
        if (spec.base().isPresent()) {
            if (!spec.modules().isEmpty()) {
                throw new BerthException(
                        BerthException.Kind.INVALID,
                        "modules are chosen for a runtime that is made here, and the base "
                                + spec.base().get() + " brings its own");
            }
            return new JavaBase.OnImage(findOrPull(spec.base().get(), Optional.empty()));
        }
        return new JavaBase.Runtime(spec.modules(), runtimes);
    }

    private static JavaImageOptions options(JarSpec spec) {
        return new JavaImageOptions(
                spec.mainClass(),
                spec.jvmFlags(),
                spec.arguments(),
                spec.env().entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .sorted()
                        .toList(),
                spec.labels(),
                spec.ports(),
                spec.user().orElse(""),
                "",
                Optional.empty(),
                Optional.empty());
    }

    /** As {@link #push(String, Consumer)}, with nobody told. */
    public void push(String name) {
        push(name, _ -> {});
    }

    /**
     * Sends an image to the registry that its name tells.
     *
     * @param progress told how far it is, by several threads but one at a time
     * @throws BerthException NOT_FOUND, FORBIDDEN, UNAVAILABLE
     */
    public void push(String name, Consumer<Progress> progress) {
        Failures.does(() ->
                store().push(new PushRequest(name, false, Optional.empty(), credentials(name)), listener(progress)));
    }

    /** As {@link #load(InputStream)}, from a file. */
    public List<ImageInfo> load(Path archive) {
        return Failures.gives(() -> {
            try (InputStream in = Files.newInputStream(archive)) {
                return load(in);
            }
        });
    }

    /** Takes in the images of an archive that {@code docker save} or another tool for OCI images has written; the stream stays open. */
    public List<ImageInfo> load(InputStream archive) {
        return Failures.gives(() -> {
            List<ImageInfo> images = new ArrayList<>();
            store().load(archive, Optional.empty(), loaded -> images.add(ImageInfo.of(loaded.image())));
            return images;
        });
    }

    /** Writes images into a file, for {@link #load} and {@code docker load}. */
    public void save(Path archive, String... namesOrIds) {
        Failures.does(() -> {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
                store().save(List.of(namesOrIds), Optional.empty(), out);
            }
        });
    }

    /**
     * Makes an image of a tar of a root file system, plain or compressed, and gives it a name; the stream stays open.
     *
     * @param instructions of a Dockerfile that say what its containers start with: {@code CMD ["/app"]}, {@code ENV A=b}…
     */
    public ImageInfo importTree(InputStream tar, String name, String... instructions) {
        return Failures.gives(() -> {
            ContainerConfig config = ConfigInstructions.apply(ContainerConfig.EMPTY, List.of(instructions));
            return ImageInfo.of(
                    store().importTree(tar, Optional.of(name), new ImportOptions(config, Platform.host(), "")));
        });
    }

    /** Gives an image one more name, which another image loses if it had it. */
    public ImageInfo tag(String nameOrId, String name) {
        return Failures.gives(() -> ImageInfo.of(store().tag(nameOrId, name)));
    }

    /**
     * Removes a name, and with its last name the image.
     *
     * @throws BerthException NOT_FOUND; CONFLICT where a container is made of it
     */
    public void remove(String nameOrId) {
        Failures.does(() -> store().remove(nameOrId, false));
    }

    private EngineImages store() {
        Engine engine = berth.engine();
        return engine.images();
    }

    private static TransferListener listener(Consumer<Progress> progress) {
        return event -> progress.accept(Progress.of(event));
    }

    private static Credentials credentials(String name) throws IOException {
        return DockerConfig.ofUser().credentials(Reference.parse(name).domain());
    }
}
