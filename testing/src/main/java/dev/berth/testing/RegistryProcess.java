package dev.berth.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Debian's docker-registry on a loopback port of its own, all of it below one directory. Closing it ends it. */
public final class RegistryProcess implements AutoCloseable {
    private final int port;
    private final Process process;

    private RegistryProcess(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** Starts one, and waits until it listens; the caller closes it. */
    public static RegistryProcess start(Path home) throws IOException, InterruptedException {
        return start(home, "");
    }

    /** A registry with one more line in the {@code http} part of its configuration, such as its certificates. */
    public static RegistryProcess start(Path home, String http) throws IOException, InterruptedException {
        Files.createDirectories(home);
        int port = freePort();
        Path config = home.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: error}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http:
                  addr: "127.0.0.1:%d"
                  %s
                """.formatted(home.resolve("storage"), port, http));
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        RegistryProcess registry = new RegistryProcess(port, process);
        Instant end = Instant.now().plus(Duration.ofSeconds(30));
        while (!registry.listens()) {
            if (!process.isAlive() || Instant.now().isAfter(end)) {
                registry.close();
                throw new IOException("docker-registry does not listen: " + Files.readString(home.resolve("log")));
            }
            Thread.sleep(20);
        }
        return registry;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Host and port, as a reference begins with them. */
    public String domain() {
        return "localhost:" + port;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
