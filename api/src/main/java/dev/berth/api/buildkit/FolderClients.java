package dev.berth.api.buildkit;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.RawStream;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The clients that are here to send folders, each for the build that names it. Safe for many threads. */
public final class FolderClients {
    private static final String CONTENT_TYPE = "application/vnd.berth.folders";
    private static final int MOST_CHARS = 256;

    /** How long a build waits for its client, which hears that its connection stands a moment before it is known here. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Map<String, FolderClient> clients = new HashMap<>(); // guarded by this

    /**
     * Has a client as long as its connection lasts and its build is not done.
     *
     * @param id by which its build names it
     * @param host what it calls the host that its folders are on
     * @throws EngineException INVALID for an id that makes no sense, CONFLICT for one that there is
     */
    public void serve(Exchange exchange, String id, String host) throws IOException {
        if (id.isEmpty() || id.length() > MOST_CHARS || host.length() > MOST_CHARS) {
            throw EngineException.invalid("who sends folders has an id and a host, of " + MOST_CHARS
                    + " characters at most, and not \"" + id + "\" and \"" + host + "\"");
        }
        exchange.document();
        if (find(id).isPresent()) {
            throw EngineException.conflict("there is somebody already who sends folders by the id " + id);
        }
        try (RawStream stream = exchange.takeOver(CONTENT_TYPE)) {
            FolderClient client = new FolderClient(stream, host);
            begin(id, client);
            try {
                client.read();
            } finally {
                forget(id, client);
                Thread.interrupted(); // it was meant for the reading
            }
        }
    }

    private synchronized Optional<FolderClient> find(String id) {
        return Optional.ofNullable(clients.get(id));
    }

    private synchronized void begin(String id, FolderClient client) {
        clients.putIfAbsent(id, client);
        notifyAll();
    }

    private synchronized void forget(String id, FolderClient client) {
        clients.remove(id, client);
    }

    /**
     * The client that a build names.
     *
     * @throws EngineException NOT_FOUND where it is not here
     */
    public synchronized FolderClient get(String id) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!clients.containsKey(id)) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (left <= 0) {
                    throw EngineException.notFound("nobody is here who sends folders by the id " + id);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while waiting for a client").initCause(e);
        }
        return find(id).orElseThrow();
    }

    /** The build that names it is done. */
    public void end(String id) {
        Optional<FolderClient> client = find(id);
        if (client.isPresent()) {
            forget(id, client.get());
            client.get().end();
        }
    }
}
