package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.error.EngineException;

/** {@code /build}: there is no builder yet, hence nothing in its cache. */
final class BuildRoutes {
    void addTo(Router router) {
        router.add("POST", "/build", call -> {
            throw EngineException.unsupported("images cannot be built yet: import, load or pull one");
        });
        router.add(
                "POST", "/build/prune", call -> call.answer(JsonTree.of("CachesDeleted", null, "SpaceReclaimed", 0)));
    }
}
