package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.view.VolumeView;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.volume.PrunedVolumes;
import dev.berth.engine.volume.VolumeRequest;
import dev.berth.engine.volume.Volumes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /volumes}. */
final class VolumeRoutes {
    private final Engine engine;

    VolumeRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("GET", "/volumes", this::list);
        router.add("POST", "/volumes/create", this::create);
        router.add("POST", "/volumes/prune", this::prune);
        router.add("GET", "/volumes/{name}", this::inspect);
        router.add("PUT", "/volumes/{name}", call -> {
            throw EngineException.unsupported("volumes of a cluster are not supported: Berth is for one host");
        });
        router.add("DELETE", "/volumes/{name}", this::remove);
    }

    private Volumes volumes() {
        return engine.volumes();
    }

    private void list(Call call) throws IOException {
        List<?> views =
                volumes().list(call.filters()).stream().map(VolumeView::of).toList();
        call.answer(JsonTree.of("Volumes", views, "Warnings", null));
    }

    private void create(Call call) throws IOException {
        call.answer(Status.CREATED, VolumeView.of(volumes().create(call.body(VolumeRequest.class))));
    }

    private void inspect(Call call) throws IOException {
        call.answer(VolumeView.of(volumes().inspect(call.path("name"))));
    }

    private void remove(Call call) throws IOException {
        volumes().remove(call.path("name"), call.flag("force"));
        call.done();
    }

    /** Before version 1.42, those that have names went too. */
    private void prune(Call call) throws IOException {
        Map<String, List<String>> filters = new LinkedHashMap<>(call.filters());
        if (!call.version().atLeast(1, 42)) {
            filters.put("all", List.of("true"));
        }
        PrunedVolumes pruned = volumes().prune(filters);
        call.answer(JsonTree.of("VolumesDeleted", JsonTree.orNull(pruned.names()), "SpaceReclaimed", pruned.bytes()));
    }
}
