package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.build.CacheFolder;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code --cache-from} and {@code --cache-to}: told to the daemon, but for folders, which are on this side. Those are sent
 * before a build and taken after it; meanwhile the daemon has folders that stand for them, until this is closed.
 */
final class BuildCaches implements AutoCloseable {
    private final EngineClient client;
    private final PrintStream err;
    private final List<String> ids = new ArrayList<>();
    private final List<String> from = new ArrayList<>();
    private final List<String> to = new ArrayList<>();
    private final List<CacheFolder> written = new ArrayList<>();

    private BuildCaches(EngineClient client, PrintStream err) {
        this.client = client;
        this.err = err;
    }

    /**
     * Sends the folders that are read. One that cannot be read is told of, and left out.
     *
     * @throws CliException for a value that makes no sense
     */
    static BuildCaches open(EngineClient client, List<String> from, List<String> to, PrintStream err)
            throws IOException {
        List<Map<String, String>> sources = new ArrayList<>();
        from.forEach(flag -> sources.add(fields("cache-from", flag)));
        List<Map<String, String>> targets = new ArrayList<>();
        to.forEach(flag -> targets.add(fields("cache-to", flag)));
        BuildCaches caches = new BuildCaches(client, err);
        try {
            for (Map<String, String> source : sources) {
                caches.source(source);
            }
            for (Map<String, String> target : targets) {
                caches.target(target);
            }
            return caches;
        } catch (IOException | RuntimeException e) {
            caches.close();
            throw e;
        }
    }

    /** One without a type is a reference, as with Docker. */
    private static Map<String, String> fields(String name, String flag) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (!flag.contains("=")) {
            fields.put("type", "registry");
            fields.put("ref", flag);
            return fields;
        }
        for (String field : flag.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals <= 0) {
                throw Values.invalid(flag, name, "invalid value " + field);
            }
            fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
        if (!fields.containsKey("type")) {
            throw Values.invalid(flag, name, "type required form> \"" + flag + "\"");
        }
        String folder = name.equals("cache-to") ? "dest" : "src";
        if ("local".equals(fields.get("type"))
                && fields.getOrDefault(folder, "").isEmpty()) {
            throw Values.invalid(flag, name, folder + " is required for a local cache");
        }
        return fields;
    }

    private void source(Map<String, String> fields) throws IOException {
        if (!"local".equals(fields.get("type"))) {
            from.add(text(fields));
            return;
        }
        String id = make();
        String folder = String.valueOf(fields.remove("src"));
        try {
            new CacheFolder(client, Path.of(folder), id)
                    .send(fields.getOrDefault("tag", "latest"), Optional.ofNullable(fields.get("digest")));
        } catch (IOException | ApiException e) {
            err.println("WARNING: the build cache of folder " + folder + " is not used: " + reason(e));
            return;
        }
        fields.put("id", id);
        from.add(text(fields));
    }

    private static String reason(Exception e) {
        return e instanceof NoSuchFileException missing
                ? missing.getFile() + " does not exist"
                : String.valueOf(e.getMessage());
    }

    private void target(Map<String, String> fields) {
        if ("local".equals(fields.get("type"))) {
            String id = make();
            written.add(new CacheFolder(client, Path.of(String.valueOf(fields.remove("dest"))), id));
            fields.put("id", id);
        }
        to.add(text(fields));
    }

    private String make() {
        String id = client.post("/berth/build/cache", null).text("Id");
        ids.add(id);
        return id;
    }

    private static String text(Map<String, String> fields) {
        return String.join(
                ",",
                fields.entrySet().stream()
                        .map(field -> field.getKey() + "=" + field.getValue())
                        .toList());
    }

    /** What is added to the query of the build. */
    String query() {
        return (from.isEmpty() ? "" : "&cachefrom=" + EngineClient.encode(Json.text(from)))
                + (to.isEmpty() ? "" : "&cacheto=" + EngineClient.encode(Json.text(to)));
    }

    /** Takes what a build has written into folders. */
    void take() throws IOException {
        for (CacheFolder folder : written) {
            folder.take();
        }
    }

    @Override
    public void close() {
        for (String id : ids) {
            try {
                client.delete("/berth/build/cache/" + id);
            } catch (RuntimeException e) {
                err.println(
                        "WARNING: what the daemon keeps of a build cache's folder goes in an hour: " + e.getMessage());
            }
        }
    }
}
