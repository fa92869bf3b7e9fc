package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.view.NetworkView;
import dev.berth.engine.Engine;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.NetworkConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.Networks;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /networks}: which there are, and who is on them. */
final class NetworkRoutes {
    private final Engine engine;

    NetworkRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("GET", "/networks", this::list);
        router.add("GET", "/networks/{id}", this::inspect);
        router.add("POST", "/networks/create", this::create);
        router.add("POST", "/networks/prune", this::prune);
        router.add("POST", "/networks/{id}/connect", this::connect);
        router.add("POST", "/networks/{id}/disconnect", this::disconnect);
        router.add("DELETE", "/networks/{id}", this::remove);
    }

    private Networks networks() {
        return engine.networks();
    }

    private void list(Call call) throws IOException {
        List<Object> views = new ArrayList<>();
        networks().list(call.filters()).forEach(network -> views.add(NetworkView.of(network, false)));
        call.answer(views);
    }

    private void inspect(Call call) throws IOException {
        String scope = call.query("scope").orElse("");
        if (!scope.isEmpty() && !scope.equals("local")) {
            throw EngineException.notFound("network " + call.path("id") + " not found");
        }
        call.answer(NetworkView.of(networks().inspect(call.path("id")), true));
    }

    private void create(Call call) throws IOException {
        String id = networks().create(call.read(call.document(), NetworkConfig.class));
        call.answer(Status.CREATED, JsonTree.of("Id", id, "Warning", ""));
    }

    private void prune(Call call) throws IOException {
        call.answer(JsonTree.of("NetworksDeleted", JsonTree.orNull(networks().prune(call.filters()))));
    }

    /** Who is to be put on a network, or taken from it. */
    @Json
    record Member(
            @Json.Property("Container") @Nullable String container,
            @Json.Property("EndpointConfig") @Nullable EndpointConfig endpointConfig,
            @Json.Property("Force") boolean force) {
        String name() {
            return Optional.ofNullable(container)
                    .filter(text -> !text.isEmpty())
                    .orElseThrow(() -> EngineException.invalid("the member Container is missing: it is who is meant"));
        }
    }

    private void connect(Call call) throws IOException {
        Member member = call.read(call.document(), Member.class);
        String network = networks().inspect(call.path("id")).name();
        engine.containers()
                .connect(
                        member.name(),
                        network,
                        Optional.ofNullable(member.endpointConfig()).orElse(EndpointConfig.NONE));
        call.exchange().answer(Status.OK);
    }

    private void disconnect(Call call) throws IOException {
        Member member = call.read(call.document(), Member.class);
        String network = networks().inspect(call.path("id")).name();
        engine.containers().disconnect(member.name(), network);
        call.exchange().answer(Status.OK);
    }

    private void remove(Call call) throws IOException {
        networks().remove(call.path("id"));
        call.done();
    }
}
