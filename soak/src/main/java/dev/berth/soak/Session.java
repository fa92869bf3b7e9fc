package dev.berth.soak;

import dev.berth.soak.Wire.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A client's connection, its dice, and its memory of what it asked and what it was told. */
final class Session implements AutoCloseable {
    private static final int MOST_HISTORY = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Random random;
    private final Path socket;
    private final AtomicLong requests;
    private final Deque<String> history = new ArrayDeque<>();
    private Optional<Subject> subject = Optional.empty();
    private Wire wire;
    private volatile long busySince;
    private volatile String doing = "";

    Session(Path socket, long seed, AtomicLong requests) throws IOException {
        this.socket = socket;
        this.random = new Random(seed);
        this.requests = requests;
        this.wire = new Wire(socket);
    }

    /** What is done from now on is part of this container's history. */
    void about(Subject newSubject) {
        subject = Optional.of(newSubject);
    }

    void aboutNothing() {
        subject = Optional.empty();
    }

    /** Notes something that is no request of its own. */
    void note(String text) {
        String line = Instant.now() + " " + text;
        if (history.size() == MOST_HISTORY) {
            history.removeFirst();
        }
        history.addLast(line);
        subject.ifPresent(one -> one.history.add(line));
    }

    Answer call(String method, String path, String json) throws IOException {
        return call(method, path, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    Answer call(String method, String path, String type, byte[] body) throws IOException {
        begin(method + " " + path);
        try {
            Answer answer = wire.call(method, path, type, body);
            note(method + " " + path + " -> " + answer.status() + (answer.status() >= 400 ? " " + answer.text() : ""));
            return answer;
        } catch (IOException e) {
            wire.close();
            wire = new Wire(socket);
            note(method + " " + path + " -> " + e);
            throw e;
        } finally {
            end();
        }
    }

    /** As {@link #call}, and the answer's status is this one. */
    Answer expect(int status, String method, String path, String json) throws IOException {
        return require(status, method + " " + path, call(method, path, json));
    }

    Answer get(String path) throws IOException {
        return expect(200, "GET", path, "");
    }

    static Answer require(int status, String what, Answer answer) {
        if (answer.status() != status) {
            throw new Divergence(what + ": answered " + answer.status() + " " + answer.text() + ", expected " + status);
        }
        return answer;
    }

    /** A connection of its own, for a stream; whoever asks for it closes it. */
    Wire fresh(String what) throws IOException {
        note("on a connection of its own: " + what);
        begin(what);
        return new Wire(socket);
    }

    private void begin(String what) {
        requests.incrementAndGet();
        doing = what;
        busySince = System.nanoTime();
    }

    /** More of what is being done, for whoever wonders why it takes so long. */
    void doing(String what) {
        doing = what;
    }

    /** What was begun is done. */
    void end() {
        busySince = 0;
    }

    /** How long it has waited for the one thing that it does, and for which. */
    Optional<String> stuck(Duration longest) {
        long since = busySince;
        return since != 0 && System.nanoTime() - since > longest.toNanos() ? Optional.of(doing) : Optional.empty();
    }

    /** A condition that others bring about. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /** Asks again and again until it holds. */
    void eventually(String what, Condition condition) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long pauseMillis = 1;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new Divergence("waited " + PATIENCE.toSeconds() + " s in vain for " + what);
            }
            sleep(pauseMillis);
            pauseMillis = Math.min(100, pauseMillis * 2);
        }
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Divergence("interrupted", e);
        }
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    String history() {
        return String.join("\n  ", history);
    }

    /** What is known of what it was about. */
    String subjectHistory() {
        return subject.map(one -> one + "\n  " + String.join("\n  ", one.history))
                .orElse("no container");
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
