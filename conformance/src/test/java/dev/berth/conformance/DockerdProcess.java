package dev.berth.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Docker's own daemon as a peer, with its own roots and socket below one directory. Closing it ends it. */
final class DockerdProcess implements AutoCloseable {
    private final Path home;
    private final Process process;

    private DockerdProcess(Path home, Process process) {
        this.home = home;
        this.process = process;
    }

    static DockerdProcess start(Path home) throws IOException, InterruptedException {
        Files.createDirectories(home);
        Process process = new ProcessBuilder(
                        "dockerd",
                        "--host",
                        "unix://" + home.resolve("d.sock"),
                        "--data-root",
                        home.resolve("data").toString(),
                        "--exec-root",
                        home.resolve("exec").toString(),
                        "--pidfile",
                        home.resolve("pid").toString(),
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        DockerdProcess dockerd = new DockerdProcess(home, process);
        Command.eventually("dockerd to answer: " + home.resolve("log"), () -> {
            Command ping = Command.run(Map.of("DOCKER_HOST", dockerd.host()), "docker", "version");
            return ping.exitCode() == 0;
        });
        return dockerd;
    }

    String host() {
        return "unix://" + home.resolve("d.sock");
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
