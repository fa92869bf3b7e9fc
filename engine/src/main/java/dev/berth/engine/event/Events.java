package dev.berth.engine.event;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The engine's events. */
public final class Events implements AutoCloseable {
    private final Deque<Event> past = new ArrayDeque<>();
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private boolean closed;

    /** Tells everyone who listens, and remembers it for a while. Does not wait for anyone. */
    public synchronized void publish(Event.Type type, String action, String actorId, Map<String, String> attributes) {
        Event event = new Event(type, action, actorId, attributes, Instant.now());
        if (past.size() == Limits.EVENT_HISTORY) {
            past.removeFirst();
        }
        past.addLast(event);
        listeners.forEach(listener -> listener.offer(event));
    }

    /**
     * Tells the sink what fits the query, the remembered past first.
     *
     * @throws EngineException INVALID for a filter that does not exist
     */
    public Subscription subscribe(EventQuery query, EventSink sink) {
        Listener listener = new Listener(query, new EventFilter(query.filters()), sink, this::leave);
        synchronized (this) {
            if (query.since().isPresent() || query.until().isPresent()) {
                remembered(query.since().orElse(Instant.MIN)).forEach(listener::offer);
            }
            if (closed
                    || query.until()
                            .filter(until -> !until.isAfter(Instant.now()))
                            .isPresent()) {
                listener.endAfterAll();
            } else {
                listeners.add(listener);
                listener.endOnTime();
            }
        }
        return listener;
    }

    /** How many listen now. */
    public synchronized int listeners() {
        return listeners.size();
    }

    /** Ends all subscriptions once they have been told what happened so far. */
    @Override
    public void close() {
        List<Listener> last;
        synchronized (this) {
            closed = true;
            last = new ArrayList<>(listeners);
            listeners.clear();
        }
        last.forEach(Listener::endAfterAll);
    }

    private synchronized void leave(Listener listener) {
        listeners.remove(listener);
    }

    private List<Event> remembered(Instant since) {
        return past.stream().filter(event -> !event.at().isBefore(since)).toList();
    }
}
