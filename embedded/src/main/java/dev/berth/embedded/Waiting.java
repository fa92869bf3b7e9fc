package dev.berth.embedded;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** Waits until something comes true of a container: in time, and before it ends. */
final class Waiting {
    /** The state of a socket that listens, in {@code /proc/net/tcp} (proc(5)). */
    private static final String LISTENING = "0A";

    private static final int HTTP_TIMEOUT_MILLIS = 2_000;

    private final Container container;

    Waiting(Container container) {
        this.container = container;
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    /** Until a program in it listens on a TCP port: no connection is made, which the program might count. */
    void listening(int port, Duration most) {
        until("port " + port, most, () -> listens(port, "tcp") || listens(port, "tcp6"));
    }

    private boolean listens(int port, String table) throws IOException {
        int pid = container.pid();
        Path sockets = Path.of("/proc/" + pid + "/net/" + table);
        if (pid == 0 || !Files.exists(sockets)) {
            return false;
        }
        String end = String.format(Locale.ROOT, ":%04X", port);
        try {
            return Files.readAllLines(sockets).stream()
                    .map(line -> line.strip().split(" +"))
                    .anyMatch(fields -> fields.length > 3 && fields[1].endsWith(end) && fields[3].equals(LISTENING));
        } catch (IOException e) {
            if (Files.exists(sockets)) {
                throw e;
            }
            return false; // the container has just ended
        }
    }

    /** Until a line was printed in which the expression is found, so many times. */
    void printed(Pattern expression, int times, Duration most) {
        AtomicInteger found = new AtomicInteger();
        try (LogFollower follower = container.follow(line -> {
            if (expression.matcher(line.text()).find()) {
                found.incrementAndGet();
            }
        })) {
            String what = "a line that matches " + expression + (times == 1 ? "" : ", " + times + " times");
            until(what, most, () -> found.get() >= times || (follower.await(Duration.ZERO) && found.get() >= times));
        }
    }

    void healthy(Duration most) {
        if (container.state().health().isEmpty()) {
            throw new BerthException(
                    BerthException.Kind.INVALID,
                    container + " has no health check to wait for: give it one, or wait for a port or a line");
        }
        until(
                "health",
                most,
                () -> container
                        .state()
                        .health()
                        .filter(ContainerState.Health.HEALTHY::equals)
                        .isPresent());
    }

    /** Until an HTTP request is answered with a status that fits. */
    void answers(int port, String path, IntPredicate status, Duration most) {
        until("an answer of port " + port + " to GET " + path, most, () -> {
            InetSocketAddress address = container.reachable(port);
            URI uri = URI.create("http://" + address.getHostString() + ":" + address.getPort() + path);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(HTTP_TIMEOUT_MILLIS);
            connection.setReadTimeout(HTTP_TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            try {
                return status.test(connection.getResponseCode());
            } catch (IOException e) {
                return false; // nobody answers yet
            } finally {
                connection.disconnect();
            }
        });
    }

    /** @throws WaitException where it did not come true */
    private void until(String what, Duration most, Condition condition) {
        long deadline = System.nanoTime() + most.toNanos();
        Failures.does(() -> {
            Duration pause = Limits.FIRST_PAUSE;
            while (true) {
                ContainerState state =
                        container.state(); // before the look: what came true before the end has come true
                if (condition.holds()) {
                    return;
                }
                if (!state.isRunning()) {
                    throw failure("it will not come true: the container does not run", what, state);
                }
                if (System.nanoTime() >= deadline) {
                    throw failure("it did not come true within " + text(most), what, state);
                }
                Thread.sleep(pause);
                Duration twice = pause.multipliedBy(2);
                pause = twice.compareTo(Limits.LONGEST_PAUSE) < 0 ? twice : Limits.LONGEST_PAUSE;
            }
        });
    }

    private WaitException failure(String why, String what, ContainerState state) {
        return new WaitException(
                "waiting for " + what + " of " + container + ": " + why + " (" + state + ")",
                state,
                container.lastLines(Limits.LAST_LINES));
    }

    WaitException stillRuns(Duration most) {
        return failure("it did not come true within " + text(most), "the end", container.state());
    }

    static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
