package dev.berth.api.stream;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.EventQuery;
import dev.berth.engine.event.EventSink;
import dev.berth.engine.event.Events;
import dev.berth.engine.event.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** Events on their way to one client, as JSON objects, one a line. */
public final class EventStream implements EventSink {
    private static final int MOST_WAITING = 256;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Function<Object, byte[]> json;
    private final Deque<Event> waiting = new ArrayDeque<>();
    private boolean ended;

    /** @param json writes a tree */
    public EventStream(Function<Object, byte[]> json) {
        this.json = json;
    }

    @Override
    public synchronized boolean event(Event event) {
        waiting.add(event);
        notifyAll();
        return waiting.size() < MOST_WAITING;
    }

    @Override
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public void fail(EngineException reason) {
        end();
    }

    /** Sends what fits the query until the client leaves or the query's time is over. */
    public void run(Exchange exchange, Events events, EventQuery query) throws IOException {
        exchange.onDisconnect(this::end);
        try (Subscription subscription = events.subscribe(query, this);
                OutputStream out = exchange.stream(Status.OK, "application/json")) {
            for (List<Event> batch = take(); !batch.isEmpty(); batch = take()) {
                for (Event event : batch) {
                    out.write(json.apply(view(event)));
                    out.write('\n');
                }
                out.flush();
                subscription.resume();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What waits; nothing at the end. */
    private synchronized List<Event> take() throws InterruptedException {
        while (waiting.isEmpty() && !ended) {
            wait();
        }
        List<Event> batch = new ArrayList<>(waiting);
        waiting.clear();
        return batch;
    }

    private static Object view(Event event) {
        long seconds = event.at().getEpochSecond();
        var tree = JsonTree.of();
        if (event.type() != Event.Type.DAEMON) { // the members that older clients know
            tree.put("status", event.action());
            tree.put("id", event.actorId());
            String from = event.attributes().get("image");
            if (event.type() == Event.Type.CONTAINER && from != null) {
                tree.put("from", from);
            }
        }
        tree.put("Type", event.type().word());
        tree.put("Action", event.action());
        tree.put("Actor", JsonTree.of("ID", event.actorId(), "Attributes", new TreeMap<>(event.attributes())));
        tree.put("scope", "local");
        tree.put("time", seconds);
        tree.put("timeNano", seconds * NANOS_PER_SECOND + event.at().getNano());
        return tree;
    }
}
