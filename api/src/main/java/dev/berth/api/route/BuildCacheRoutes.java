package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.build.BuildException;
import dev.berth.build.cache.transfer.CacheAttributes;
import dev.berth.build.cache.transfer.CacheFolders;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.cache.transfer.CacheSource;
import dev.berth.build.cache.transfer.CacheTarget;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import io.avaje.json.JsonException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code /berth/build/cache}: folders with build caches that are on the client's side, which sends them before a build and takes
 * them after it, file by file; and what {@code cachefrom} and {@code cacheto} of a build mean. Beside Docker's API.
 */
final class BuildCacheRoutes {
    private static final String FOLDER = "/berth/build/cache/{id}";
    private static final int BUFFER_BYTES = 128 << 10;

    private final CacheFolders folders;

    BuildCacheRoutes(Engine engine) {
        this.folders =
                new CacheFolders(engine.scratch(), engine.images().store().content());
    }

    void addTo(Router router) {
        router.add("POST", "/berth/build/cache", call -> call.answer(JsonTree.of("Id", folders.open())));
        router.add("DELETE", FOLDER, this::remove);
        router.add("GET", FOLDER + "/index", this::index);
        router.add("PUT", FOLDER + "/index", this::takeIndex);
        router.add("HEAD", FOLDER + "/blobs/{digest}", this::has);
        router.add("GET", FOLDER + "/blobs/{digest}", this::blob);
        router.add("PUT", FOLDER + "/blobs/{digest}", this::take);
    }

    /**
     * What a build's query says: JSON lists, of references ({@code cachefrom} of Docker's clients: of images that are here
     * for the classic builder, in registries for BuildKit), or of what {@code --cache-from} and {@code --cache-to} have, where
     * {@code type=local} names a folder by its id.
     */
    CacheOptions options(Call call) throws IOException {
        return known(() -> new CacheOptions(from(call), to(call)));
    }

    private List<CacheSource> from(Call call) {
        List<CacheSource> from = new ArrayList<>();
        for (String text : texts(call, "cachefrom")) {
            from.add(
                    text.contains("=")
                            ? CacheSource.of(CacheAttributes.parse(text), folders::folder)
                            : reference(call, text));
        }
        return from;
    }

    private static CacheSource reference(Call call, String text) {
        return SessionBuilds.isAskedFor(call) ? new CacheSource.Registry(text) : new CacheSource.LocalImage(text);
    }

    private List<CacheTarget> to(Call call) {
        List<CacheTarget> to = new ArrayList<>();
        texts(call, "cacheto").forEach(text -> to.add(CacheTarget.of(CacheAttributes.parse(text), folders::folder)));
        if (SessionBuilds.isAskedFor(call) && BuildQuery.isInlineCacheWanted(call)) {
            to.add(new CacheTarget.Inline());
        }
        return to;
    }

    private static List<String> texts(Call call, String name) {
        Optional<String> text = call.query(name).filter(value -> !value.equals("null"));
        if (text.isEmpty()) {
            return List.of();
        }
        try {
            if (call.read(text.get().getBytes(StandardCharsets.UTF_8), Object.class) instanceof List<?> list) {
                return list.stream().map(String::valueOf).toList();
            }
        } catch (JsonException e) {
            throw new EngineException(EngineException.Kind.INVALID, "the parameter " + name + " is not JSON", e);
        }
        throw EngineException.invalid("the parameter " + name + " is not a JSON list");
    }

    private void remove(Call call) throws IOException {
        folders.remove(call.path("id"));
        call.done();
    }

    private void index(Call call) throws IOException {
        try (InputStream in = known(() -> folders.index(call.path("id")))) {
            call.exchange().answer(Status.OK, "application/json", in.readAllBytes());
        }
    }

    private void takeIndex(Call call) throws IOException {
        known(() -> {
            folders.takeIndex(call.path("id"), call.exchange().body());
            return true;
        });
        call.done();
    }

    private void has(Call call) throws IOException {
        boolean has = known(() -> folders.has(call.path("id"), digest(call)));
        call.exchange().answer(has ? Status.OK : Status.NOT_FOUND);
    }

    private void blob(Call call) throws IOException {
        try (InputStream in = known(() -> folders.blob(call.path("id"), digest(call)));
                OutputStream out = new BufferedOutputStream(
                        call.exchange().stream(Status.OK, "application/octet-stream"), BUFFER_BYTES)) {
            in.transferTo(out);
        }
    }

    private void take(Call call) throws IOException {
        known(() -> {
            folders.take(call.path("id"), digest(call), call.exchange().body());
            return true;
        });
        call.done();
    }

    private static Digest digest(Call call) throws ImageException {
        return Digest.parse(call.path("digest"));
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T known(Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (BuildException e) {
            throw EngineException.invalid(String.valueOf(e.getMessage()));
        }
    }
}
