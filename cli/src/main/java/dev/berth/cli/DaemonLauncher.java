package dev.berth.cli;

import dev.berth.cli.http.EngineClient;
import dev.berth.linux.namespace.Rootless;
import dev.berth.linux.namespace.UserFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Starts the daemon in the background when a command needs it and nobody answers on the usual socket. */
final class DaemonLauncher {
    private static final Path ROOTS_LOG = Path.of("/run/berth/daemon.log");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 100;

    private final Context context;

    DaemonLauncher(Context context) {
        this.context = context;
    }

    /** Starts it, and returns when it answers. */
    void start(EngineClient engine) {
        Optional<String> script = context.environment("BERTH_SCRIPT");
        if (script.isEmpty()) {
            throw new CliException("Cannot connect to the Berth daemon at " + engine.host()
                    + ". Is the berth daemon running? Start it with \"berth daemon\".");
        }
        try {
            Path log = log();
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process daemon = new ProcessBuilder(List.of("setsid", script.get(), "daemon"))
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
                    .start();
            await(engine, daemon, log);
        } catch (IOException e) {
            throw new CliException("cannot start the daemon: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("interrupted while the daemon was starting");
        }
    }

    private static Path log() {
        if (Rootless.user() == 0) {
            return ROOTS_LOG;
        }
        UserFolders folders = UserFolders.own();
        folders.makeRuntime();
        return folders.runtime().resolve("daemon.log");
    }

    private static void await(EngineClient engine, Process daemon, Path log) throws InterruptedException, IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        long pause = FIRST_PAUSE_MILLIS;
        while (!engine.answers()) {
            // The process ends at once where it could not start; another client may have started one meanwhile.
            if (daemon.waitFor(pause, TimeUnit.MILLISECONDS) && !engine.answers()) {
                throw new CliException(
                        "the daemon did not start:\n" + Files.readString(log).strip());
            }
            if (System.nanoTime() > deadline) {
                throw new CliException("the daemon does not answer on " + engine.host() + "; see " + log);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }
}
