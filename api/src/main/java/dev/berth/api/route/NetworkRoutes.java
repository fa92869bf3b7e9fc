package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /networks}: what there is of them, which is two. */
final class NetworkRoutes {
    private static final List<String> NETWORKS = List.of("host", "none");

    void addTo(Router router) {
        router.add("GET", "/networks", this::list);
        router.add("GET", "/networks/{id}", this::inspect);
        router.add("POST", "/networks/create", call -> {
            throw EngineException.unsupported("networks cannot be made yet: there are \"none\" and \"host\"");
        });
        router.add("POST", "/networks/prune", call -> call.answer(JsonTree.of("NetworksDeleted", null)));
        router.add("POST", "/networks/{id}/connect", call -> refuseChange(call, "connected to"));
        router.add("POST", "/networks/{id}/disconnect", call -> refuseChange(call, "disconnected from"));
        router.add("DELETE", "/networks/{id}", this::remove);
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

    private static void refuseChange(Call call, String how) {
        find(call);
        throw EngineException.unsupported(
                "containers cannot be " + how + " networks while they exist:" + " say --network when you make one");
    }

    private void remove(Call call) {
        throw new EngineException(
                EngineException.Kind.FORBIDDEN, find(call) + " is a pre-defined network and cannot be removed");
    }

    private static String find(Call call) {
        String id = call.path("id");
        if (!NETWORKS.contains(id)) {
            throw EngineException.notFound("network " + id + " not found");
        }
        return id;
    }

    private void inspect(Call call) throws IOException {
        call.answer(view(find(call)));
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
