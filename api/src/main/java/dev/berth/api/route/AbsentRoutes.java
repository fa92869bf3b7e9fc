package dev.berth.api.route;

import dev.berth.engine.error.EngineException;
import java.util.List;

/**
 * What Docker has and this engine has not: each endpoint says so by name, where an unknown path would leave a client to
 * guess. It comes last: what is there is found before.
 */
final class AbsentRoutes {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

    void addTo(Router router) {
        router.add("GET", "/plugins", call -> call.answer(List.of()));
        router.add("GET", "/plugins/{name...}/json", call -> {
            throw EngineException.notFound("plugin \"" + call.path("name") + "\" not found");
        });
        for (String area : List.of("swarm", "nodes", "services", "tasks", "secrets", "configs")) {
            refuse(router, "/" + area, "swarm mode (/" + area + ") is not supported: Berth is for one host");
        }
        refuse(router, "/plugins", "plugins (/plugins) are not supported");
        refuse(
                router,
                "/containers/{id}/attach/ws",
                "attaching by web socket (/attach/ws) is not supported: use POST /containers/{id}/attach");
    }

    private static void refuse(Router router, String path, String message) {
        for (String method : METHODS) {
            for (String template : List.of(path, path + "/{more...}")) {
                router.add(method, template, call -> {
                    throw EngineException.unsupported(message);
                });
            }
        }
    }
}
