package dev.berth.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The daemon under test: a process of its own with its roots below one directory. Closing it ends it, gently. */
final class Daemon implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Path home;
    private final Process process;

    private Daemon(Path home, Process process) {
        this.home = home;
        this.process = process;
    }

    /** @param command that starts a daemon, when the options of one are added */
    static Daemon start(List<String> command, Path home) throws IOException, InterruptedException {
        Files.createDirectories(home);
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(
                "--host",
                "unix://" + home.resolve("s"),
                "--data-root",
                home.resolve("data").toString(),
                "--exec-root",
                home.resolve("exec").toString()));
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        Daemon daemon = new Daemon(home, process);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!daemon.answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the daemon does not answer: " + daemon.log());
            }
            Thread.sleep(20);
        }
        return daemon;
    }

    private boolean answers() {
        try (Wire wire = new Wire(socket())) {
            return wire.call("GET", "/_ping", "text/plain", new byte[0]).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    Path socket() {
        return home.resolve("s");
    }

    Path dataRoot() {
        return home.resolve("data");
    }

    Path execRoot() {
        return home.resolve("exec");
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has said. */
    String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    /** What its threads do, in a file beside its log. */
    void dumpThreads() throws IOException, InterruptedException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid()),
                        "Thread.dump_to_file",
                        "-overwrite",
                        home.resolve("threads").toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Containers would outlive it. */
    private void removeAll() throws IOException {
        try (Wire wire = new Wire(socket())) {
            Wire.Answer all = wire.call("GET", "/containers/json?all=1", "text/plain", new byte[0]);
            for (Tree one : all.tree().items()) {
                wire.call("DELETE", "/containers/" + one.at("Id").text() + "?force=1", "text/plain", new byte[0]);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (isAlive()) {
            removeAll();
        }
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException("the daemon did not end in " + PATIENCE + ": " + log());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
