package dev.berth.embedded;

import dev.berth.api.http.HttpServer;
import dev.berth.api.http.Limits;
import dev.berth.api.route.Api;
import dev.berth.build.Builder;
import dev.berth.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Docker's API of an engine on a Unix socket. Only this class knows of the module {@code api}, which need not be there. */
final class EngineSocket implements AutoCloseable {
    private static final String VERSION = "0.1.0";

    /** {@code sun_path} of unix(7), with its zero. */
    private static final int PATH_BYTES = 108;

    private final Path path;
    private final HttpServer server;

    private EngineSocket(Path path, HttpServer server) {
        this.path = path;
        this.server = server;
    }

    static EngineSocket open(Engine engine, Builder builder, Path directory, System.Logger log) {
        Path path = directory.resolve("docker.sock");
        if (path.toString().getBytes(StandardCharsets.UTF_8).length >= PATH_BYTES) {
            throw new BerthException(
                    BerthException.Kind.INVALID,
                    "a socket's path has at most " + (PATH_BYTES - 1) + " bytes, and " + path
                            + " has more: start the engine in a folder with a shorter name");
        }
        return Failures.gives(() -> {
            Files.deleteIfExists(path);
            HttpServer server = new HttpServer(
                    new Api(engine, Optional.of(builder), VERSION, log), Limits.DEFAULT, Api.headers(VERSION));
            try {
                server.listen(path);
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
                return new EngineSocket(path, server);
            } catch (Exception e) {
                server.close();
                throw e;
            }
        });
    }

    Path path() {
        return path;
    }

    /** Ends every connection; the file goes with its folder. */
    @Override
    public void close() {
        server.close();
    }
}
