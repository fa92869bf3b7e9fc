package dev.berth.engine.event;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: its backlog, and a virtual thread that empties it while there is something in it, so that nobody who
 * publishes ever runs a subscriber's code.
 */
final class Listener implements Subscription {
    private final EventQuery query;
    private final EventFilter filter;
    private final EventSink sink;
    private final Consumer<Listener> leave;
    private final Queue<Event> backlog = new ArrayDeque<>();
    private @Nullable Thread clock;
    private boolean telling;
    private boolean waiting;
    private boolean ending;
    private boolean lost;
    private boolean over;

    Listener(EventQuery query, EventFilter filter, EventSink sink, Consumer<Listener> leave) {
        this.query = query;
        this.filter = filter;
        this.sink = sink;
        this.leave = leave;
    }

    void offer(Event event) {
        if (!isInTime(event.at()) || !filter.passes(event)) {
            return;
        }
        synchronized (this) {
            if (over || ending || lost) {
                return;
            }
            if (backlog.size() >= Limits.EVENT_BACKLOG) {
                lost = true;
            } else {
                backlog.add(event);
            }
            tell();
        }
    }

    /** Ends at the query's time, if it has one. */
    void endOnTime() {
        query.until()
                .ifPresent(until -> clock = Thread.ofVirtual().start(() -> {
                    try {
                        Thread.sleep(Duration.between(Instant.now(), until));
                        endAfterAll();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
    }

    synchronized void endAfterAll() {
        ending = true;
        tell();
    }

    @Override
    public synchronized void resume() {
        waiting = false;
        tell();
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
            backlog.clear();
            if (clock != null) {
                clock.interrupt();
            }
        }
        leave.accept(this);
    }

    private boolean isInTime(Instant at) {
        return query.until().isEmpty() || at.isBefore(query.until().get());
    }

    private void tell() {
        if (!telling && !waiting && !over) {
            telling = true;
            Thread.ofVirtual().start(this::tellAll);
        }
    }

    private void tellAll() {
        for (Optional<Event> next = next(); next.isPresent(); next = next()) {
            // the mark stands before the call: a resume that comes while it still runs takes it away
            mark(true);
            if (sink.event(next.get())) {
                mark(false);
            }
        }
    }

    private synchronized void mark(boolean wait) {
        waiting = wait;
    }

    /** The next event to tell; without one, this thread's work is done. */
    private Optional<Event> next() {
        boolean last;
        boolean missed;
        synchronized (this) {
            Event event = waiting || over ? null : backlog.poll();
            if (event != null) {
                return Optional.of(event);
            }
            telling = false;
            missed = lost;
            last = !over && !waiting && (ending || lost);
            over |= last;
        }
        if (last) {
            finish(missed);
        }
        return Optional.empty();
    }

    private void finish(boolean missed) {
        close();
        if (missed) {
            sink.fail(EngineException.failed(
                    "the subscriber was too slow: more than " + Limits.EVENT_BACKLOG + " events waited for it",
                    new IllegalStateException("backlog full")));
        } else {
            sink.end();
        }
    }
}
