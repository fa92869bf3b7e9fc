package dev.berth.api.route;

import dev.berth.api.http.HttpServer;
import dev.berth.api.http.Limits;
import dev.berth.engine.Engine;
import dev.berth.engine.EngineOptions;
import dev.berth.engine.config.LogConfig;
import dev.berth.image.ImageOptions;
import dev.berth.level.os.OsLevelProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A test's own engine, and the server that gives its API. Closing it ends both.
 *
 * @param socket where the server listens
 */
public record ServedEngine(Engine engine, HttpServer server, Path socket) implements AutoCloseable {
    /** Opens it with all its files in a directory. */
    public static ServedEngine open(Path directory) throws IOException {
        System.Logger log = System.getLogger("dev.berth.test");
        Engine engine = Engine.open(new EngineOptions(
                directory.resolve("data"),
                directory.resolve("exec"),
                List.of(),
                ImageOptions.DEFAULT,
                List.of(new OsLevelProvider()),
                "os",
                false,
                new LogConfig("", Map.of()),
                log));
        HttpServer server = new HttpServer(new Api(engine, "0", log), Limits.DEFAULT, Api.headers("0"));
        Path socket = directory.resolve("s");
        server.listen(socket);
        return new ServedEngine(engine, server, socket);
    }

    @Override
    public void close() {
        server.close();
        engine.close();
    }
}
