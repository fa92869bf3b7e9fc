package dev.berth.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's docker-registry on a loopback port of its own, its storage below one directory. Closing it ends it. */
final class RegistryProcess implements AutoCloseable {
    private final int port;
    private final Process process;

    private RegistryProcess(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static RegistryProcess start(Path home) throws IOException, InterruptedException {
        Files.createDirectories(home);
        int port = freePort();
        Path config = home.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: error}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(home.resolve("storage"), port));
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        RegistryProcess registry = new RegistryProcess(port, process);
        Command.eventually("the registry to listen on port " + port, registry::listens);
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
    String domain() {
        return "localhost:" + port;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
