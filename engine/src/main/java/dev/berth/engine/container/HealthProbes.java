package dev.berth.engine.container;

import dev.berth.engine.config.HealthConfig;
import dev.berth.engine.config.Limits;
import dev.berth.engine.container.Container.Run;
import dev.berth.engine.container.Health.Probe;
import dev.berth.level.Exit;
import dev.berth.level.LevelException;
import dev.berth.level.ProcessOutput;
import dev.berth.level.ProcessSpec;
import dev.berth.level.SandboxProcess;
import dev.berth.level.WindowSize;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Probes of containers' health: for each run that wants them, a virtual thread that probes until the run is over. */
final class HealthProbes {
    private static final long DEFAULT_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long DEFAULT_START_INTERVAL_NANOS =
            Duration.ofSeconds(5).toNanos();
    private static final int DEFAULT_RETRIES = 3;
    private static final int FAILED_CODE = -1;

    private final System.Logger log;

    HealthProbes(System.Logger log) {
        this.log = log;
    }

    /** Begins to probe a run, if its container has a probe. */
    void begin(Container container, Run run) {
        container.health(config(container).map(check -> new Health("starting", 0, List.of())));
        goOn(container, run);
    }

    /** Goes on to probe a run that an engine before has begun; what it knew still holds. */
    @SuppressWarnings("FutureReturnValueIgnored") // interrupting cannot fail
    void goOn(Container container, Run run) {
        config(container).ifPresent(check -> {
            Thread probing = Thread.ofVirtual().start(() -> probe(container, run, check));
            run.over().whenComplete((over, failure) -> probing.interrupt());
        });
    }

    private static Optional<HealthConfig> config(Container container) {
        return container
                .config()
                .healthcheck()
                .filter(check -> command(container, check).isPresent());
    }

    private void probe(Container container, Run run, HealthConfig config) {
        Instant began = container.state().startedAt().orElseGet(Instant::now);
        try {
            while (!run.over().isDone()) {
                boolean starting = Instant.now().isBefore(began.plusNanos(config.startPeriod()));
                TimeUnit.NANOSECONDS.sleep(pause(config, starting && isStarting(container)));
                Probe result = once(container, run, config);
                if (!run.over().isDone()) {
                    note(container, config, result, Instant.now().isBefore(began.plusNanos(config.startPeriod())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the run is over
        }
    }

    private static boolean isStarting(Container container) {
        return container
                .health()
                .filter(health -> health.status().equals("starting"))
                .isPresent();
    }

    private static long pause(HealthConfig config, boolean starting) {
        long interval = config.interval() > 0 ? config.interval() : DEFAULT_INTERVAL_NANOS;
        long startInterval = config.startInterval() > 0 ? config.startInterval() : DEFAULT_START_INTERVAL_NANOS;
        return starting ? Math.min(interval, startInterval) : interval;
    }

    private Probe once(Container container, Run run, HealthConfig config) throws InterruptedException {
        Instant start = Instant.now();
        Output output = new Output();
        try {
            SandboxProcess process = run.sandbox().exec(specification(container, config), output);
            Optional<Exit> exit = await(process, config.timeout() > 0 ? config.timeout() : DEFAULT_INTERVAL_NANOS);
            if (exit.isEmpty()) {
                process.signal(Signals.KILL);
                return new Probe(start, Instant.now(), FAILED_CODE, "Health check exceeded timeout");
            }
            return new Probe(start, Instant.now(), exit.get().code(), output.text());
        } catch (LevelException e) {
            return new Probe(start, Instant.now(), FAILED_CODE, String.valueOf(e.getMessage()));
        }
    }

    private Optional<Exit> await(SandboxProcess process, long nanos) throws InterruptedException {
        try {
            return Optional.of(process.exit().get(nanos, TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            log.log(Level.WARNING, "a health probe was lost: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A failure while the container may still be starting does not count (Docker's rule). */
    private static void note(Container container, HealthConfig config, Probe probe, boolean inStartPeriod) {
        Health before = container.health().orElse(new Health("starting", 0, List.of()));
        boolean counts =
                probe.exitCode() != 0 && !(inStartPeriod && before.status().equals("starting"));
        int streak = probe.exitCode() == 0 ? 0 : before.failingStreak() + (counts ? 1 : 0);
        int retries = config.retries() > 0 ? config.retries() : DEFAULT_RETRIES;
        String status = probe.exitCode() == 0 ? "healthy" : streak >= retries ? "unhealthy" : before.status();
        List<Probe> log = new ArrayList<>(before.log());
        log.add(probe);
        if (log.size() > Limits.HEALTH_LOG_ENTRIES) {
            log.removeFirst();
        }
        container.health(Optional.of(new Health(status, streak, List.copyOf(log))));
        if (!status.equals(before.status())) {
            container.publish("health_status: " + status);
        }
    }

    private static ProcessSpec specification(Container container, HealthConfig config) {
        return new ProcessSpec(
                command(container, config).orElseThrow(),
                container.environment(),
                container.config().workingDir().isEmpty()
                        ? "/"
                        : container.config().workingDir(),
                container.config().user(),
                List.of(),
                false,
                false,
                WindowSize.UNKNOWN,
                container.hostConfig().privileged());
    }

    private static Optional<List<String>> command(Container container, HealthConfig config) {
        List<String> test = config.test();
        return switch (test.isEmpty() ? "NONE" : test.getFirst()) {
            case "CMD" -> Optional.of(test.subList(1, test.size())).filter(command -> !command.isEmpty());
            case "CMD-SHELL" -> {
                List<String> shell = container.config().shell();
                List<String> command = new ArrayList<>(shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
                command.add(String.join(" ", test.subList(1, test.size())));
                yield Optional.of(command);
            }
            default -> Optional.empty();
        };
    }

    /** The beginning of what a probe prints. */
    private static final class Output implements ProcessOutput {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized boolean data(Stream stream, ByteBuffer bytes) {
            byte[] part = new byte[Math.min(bytes.remaining(), Limits.HEALTH_OUTPUT_BYTES - kept.size())];
            bytes.get(part);
            kept.writeBytes(part);
            return true;
        }

        @Override
        public void end(Stream stream) {}

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
