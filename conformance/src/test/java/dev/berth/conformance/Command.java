package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Main;
import dev.berth.testing.OrdinaryUser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program run to its end, and what it said. */
record Command(List<String> args, int exitCode, String out, String err) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    static Command run(Map<String, String> environment, String... args) {
        return runWithInput(environment, "", args);
    }

    /** Runs with this standard input; the process is ended when it takes longer than any of these tests should. */
    static Command runWithInput(Map<String, String> environment, String input, String... args) {
        ProcessBuilder builder = new ProcessBuilder(args);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended, or closed its input, without reading all of it: its exit code tells.
            }
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        String.join(" ", args) + " did not end in " + PATIENCE + ": " + out.join() + err.join());
            }
            return new Command(List.of(args), process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Runs as another user, who has the usual programs and this JVM's JDK, and nothing else of our environment. */
    static Command runAs(OrdinaryUser user, Map<String, String> environment, String... args) {
        List<String> whole = new ArrayList<>(user.launcher());
        whole.addAll(List.of("env", "--ignore-environment", "PATH=" + System.getenv("PATH"), "HOME=" + user.home()));
        whole.add("JAVA_HOME=" + System.getProperty("java.home"));
        environment.forEach((name, value) -> whole.add(name + "=" + value));
        whole.addAll(List.of(args));
        return run(Map.of(), whole.toArray(String[]::new));
    }

    /** Our command line, in this process: a JVM for each would take longer than all the rest. */
    static Command berth(Map<String, String> environment, byte[] input, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(out, false, StandardCharsets.UTF_8);
        int code = new Main(
                        new ByteArrayInputStream(input),
                        printed,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment)
                .run(List.of(words));
        printed.flush();
        return new Command(
                List.of(words), code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** This, having exited with 0; else the test fails and shows what was said. */
    Command succeeded() {
        return exitedWith(0);
    }

    Command exitedWith(int code) {
        assertThat(exitCode)
                .as("%s%nstdout: %s%nstderr: %s", String.join(" ", args), out, err)
                .isEqualTo(code);
        return this;
    }

    private static String text(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Polls for something that another process brings about. */
    static void eventually(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited 30 s in vain for " + what);
            }
            Thread.sleep(50);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
