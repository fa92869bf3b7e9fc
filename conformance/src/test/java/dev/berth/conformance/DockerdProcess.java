package dev.berth.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** One that touches nothing of the host's networks. */
    static DockerdProcess start(Path home) throws IOException, InterruptedException {
        return start(List.of(), home, "--bridge=none", "--iptables=false", "--ip6tables=false");
    }

    /** One whose bridges and rules are in a network namespace of its own, which ends with it. */
    static DockerdProcess startApart(Path home) throws IOException, InterruptedException {
        return start(Apart.LAUNCHER, home);
    }

    private static DockerdProcess start(List<String> launcher, Path home, String... options)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                "dockerd",
                "--host",
                "unix://" + home.resolve("d.sock"),
                "--data-root",
                home.resolve("data").toString(),
                "--exec-root",
                home.resolve("exec").toString(),
                "--pidfile",
                home.resolve("pid").toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
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
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        // Once a container has had its own network, dockerd leaves that mounted.
        Path kept = home.resolve("exec/netns/default");
        if (Files.exists(kept)) {
            Command.run(Map.of(), "umount", kept.toString());
        }
    }
}
