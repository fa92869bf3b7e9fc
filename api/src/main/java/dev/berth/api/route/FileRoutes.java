package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.view.PathStatView;
import dev.berth.engine.Engine;
import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.container.CommitRequest;
import dev.berth.engine.container.ContainerFiles;
import dev.berth.engine.error.EngineException;
import dev.berth.image.Image;
import dev.berth.image.files.PathStat;
import dev.berth.image.layer.LayerChanges;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Endpoints of a container's files: {@code cp}, {@code diff}, {@code export} and {@code commit}. */
final class FileRoutes {
    private static final String TAR = "application/x-tar";
    private static final int BUFFER_BYTES = 128 << 10;

    private final Engine engine;

    FileRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("HEAD", "/containers/{id...}/archive", this::stat);
        router.add("GET", "/containers/{id...}/archive", this::pack);
        router.add("PUT", "/containers/{id...}/archive", this::unpack);
        router.add("GET", "/containers/{id...}/changes", this::changes);
        router.add("GET", "/containers/{id...}/export", this::export);
        router.add("POST", "/commit", this::commit);
    }

    private ContainerFiles files() {
        return engine.containers().files();
    }

    private static String path(Call call) {
        return call.query("path").orElseThrow(() -> EngineException.invalid("bad parameter: 'path' cannot be empty"));
    }

    private void stat(Call call) throws IOException {
        PathStat stat = files().stat(call.path("id"), path(call));
        header(call, stat);
        call.exchange().answer(Status.OK);
    }

    private static void header(Call call, PathStat stat) {
        call.exchange().header(PathStatView.HEADER, PathStatView.encoded(call.json(PathStatView.of(stat))));
    }

    private void pack(Call call) {
        files().pack(call.path("id"), path(call), found -> {
            header(call, found);
            return buffered(call);
        });
    }

    private static OutputStream buffered(Call call) throws IOException {
        return new BufferedOutputStream(call.exchange().stream(Status.OK, TAR), BUFFER_BYTES);
    }

    private void unpack(Call call) throws IOException {
        files().unpack(
                        call.path("id"),
                        path(call),
                        call.exchange().body(),
                        call.flag("noOverwriteDirNonDir"),
                        call.flag("copyUIDGID"));
        call.exchange().answer(Status.OK);
    }

    private void changes(Call call) throws IOException {
        List<Object> views = new ArrayList<>();
        for (LayerChanges.Change change : files().changes(call.path("id"))) {
            int kind = switch (change.kind()) {
                case MODIFIED -> 0;
                case ADDED -> 1;
                case DELETED -> 2;
            };
            views.add(JsonTree.of("Path", change.path(), "Kind", kind));
        }
        call.exchange().answer(Status.OK, "application/json", call.json(views));
    }

    private void export(Call call) throws IOException {
        String id = engine.containers().inspect(call.path("id")).id();
        try (OutputStream out = buffered(call)) {
            files().export(id, out);
        }
    }

    private void commit(Call call) throws IOException {
        String container = call.query("container")
                .orElseThrow(() -> EngineException.invalid("the parameter container is missing: it is what to commit"));
        Optional<String> name = call.query("repo")
                .map(repository ->
                        repository + call.query("tag").map(tag -> ":" + tag).orElse(""));
        byte[] document = call.document();
        String text = new String(document, StandardCharsets.UTF_8).strip();
        Optional<ContainerConfig> config = text.isEmpty() || text.equals("null")
                ? Optional.empty()
                : Optional.of(call.read(document, ContainerConfig.class));
        Image image = engine.containers()
                .commit(new CommitRequest(
                        container,
                        name,
                        call.query("author").orElse(""),
                        call.query("comment").orElse(""),
                        config,
                        call.exchange().request().queryValues("changes"),
                        call.flag("pause", true)));
        call.answer(Status.CREATED, Map.of("Id", image.id().toString()));
    }
}
