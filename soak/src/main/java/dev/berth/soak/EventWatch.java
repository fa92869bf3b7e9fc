package dev.berth.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens to the daemon's events from the beginning to the end, and keeps those of each container in their order. */
final class EventWatch implements AutoCloseable {
    private static final Set<String> KEPT =
            Set.of("create", "start", "kill", "die", "stop", "pause", "unpause", "rename", "restart", "destroy", "oom");

    private final Wire wire;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private volatile Optional<IOException> failure = Optional.empty();
    private volatile boolean closed;

    private EventWatch(Wire wire) {
        this.wire = wire;
    }

    static EventWatch start(Path socket) throws IOException {
        Wire wire = new Wire(socket);
        EventWatch watch = new EventWatch(wire);
        String filters = URLEncoder.encode("{\"type\":[\"container\"]}", StandardCharsets.UTF_8);
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(wire.stream("GET", "/events?filters=" + filters), StandardCharsets.UTF_8));
        Thread.ofVirtual().name("soak-events").start(() -> watch.read(lines));
        return watch;
    }

    /** What was heard of one container. */
    static final class Seen {
        private final List<String> actions = new ArrayList<>();
        private int execsCreated;
        private int execsStarted;
        private int execsEnded;

        synchronized List<String> actions() {
            return List.copyOf(actions);
        }

        synchronized boolean hasExecs(int count) {
            return execsCreated == count && execsStarted == count && execsEnded == count;
        }

        private synchronized void add(String action, Tree attributes) {
            if (KEPT.contains(action)) {
                actions.add(
                        switch (action) {
                            case "die" -> "die " + attributes.at("exitCode").text();
                            case "kill" -> "kill " + attributes.at("signal").text();
                            default -> action;
                        });
            } else if (action.startsWith("exec_create")) {
                execsCreated++;
            } else if (action.startsWith("exec_start")) {
                execsStarted++;
            } else if (action.startsWith("exec_die")) {
                execsEnded++;
            }
        }

        @Override
        public synchronized String toString() {
            return actions + ", execs created " + execsCreated + ", started " + execsStarted + ", ended " + execsEnded;
        }
    }

    Seen of(String id) {
        return seen.computeIfAbsent(id, key -> new Seen());
    }

    void forget(String id) {
        seen.remove(id);
    }

    /** The containers of which something was heard and that were not forgotten. */
    Set<String> ids() {
        return Set.copyOf(seen.keySet());
    }

    /** Fails where events do not come any more. */
    void check() {
        failure.ifPresent(e -> {
            throw new Divergence("the stream of events ended", e);
        });
    }

    private void read(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Tree event = Tree.parse(line.getBytes(StandardCharsets.UTF_8));
                Tree actor = event.at("Actor");
                String id = actor.at("ID").text();
                if (!id.isEmpty()) { // a prune is of no container
                    of(id).add(event.at("Action").text(), actor.at("Attributes"));
                }
            }
            throw new IOException("its end was reached");
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                failure = Optional.of(e instanceof IOException io ? io : new IOException(e));
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        wire.close();
    }
}
