package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /networks} and {@code /volumes}: what there is of them, which is two networks and no volume. */
final class NetworkRoutes {
    private static final List<String> NETWORKS = List.of("host", "none");

    void addTo(Router router) {
        router.add("GET", "/networks", this::list);
        router.add("GET", "/networks/{id}", this::inspect);
        router.add("GET", "/volumes", call -> call.answer(JsonTree.of("Volumes", List.of(), "Warnings", null)));
        router.add("GET", "/volumes/{name}", call -> {
            throw EngineException.notFound("get " + call.path("name") + ": no such volume");
        });
    }

    private void list(Call call) throws IOException {
        List<String> names = call.filters().getOrDefault("name", List.of());
        List<Object> views = new ArrayList<>();
        for (String network : NETWORKS) {
            if (names.isEmpty() || names.stream().anyMatch(network::contains)) {
                views.add(view(network));
            }
        }
        call.answer(views);
    }

    private void inspect(Call call) throws IOException {
        String id = call.path("id");
        if (!NETWORKS.contains(id)) {
            throw EngineException.notFound("network " + id + " not found");
        }
        call.answer(view(id));
    }

    private static Map<String, ?> view(String network) {
        return JsonTree.of(
                "Name",
                network,
                "Id",
                network,
                "Created",
                "0001-01-01T00:00:00Z",
                "Scope",
                "local",
                "Driver",
                network.equals("none") ? "null" : "host",
                "EnableIPv6",
                false,
                "IPAM",
                JsonTree.of("Driver", "default", "Options", null, "Config", List.of()),
                "Internal",
                false,
                "Attachable",
                false,
                "Ingress",
                false,
                "ConfigFrom",
                JsonTree.of("Network", ""),
                "ConfigOnly",
                false,
                "Containers",
                Map.of(),
                "Options",
                Map.of(),
                "Labels",
                Map.of());
    }
}
