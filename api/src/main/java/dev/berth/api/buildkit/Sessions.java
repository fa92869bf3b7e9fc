package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.http.Exchange;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The sessions of the clients that are here. Safe for many threads. */
public final class Sessions {
    /** How long a build waits for its session, which its client begins at the same time. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Session> sessions = new HashMap<>(); // guarded by the lock

    /**
     * Has a session as long as its connection lasts.
     *
     * @throws EngineException INVALID where the request asks for something else, or there is one of this id
     */
    public void serve(Exchange exchange) throws IOException {
        String id = exchange.request()
                .header("x-docker-expose-session-uuid")
                .filter(uuid -> !uuid.isEmpty())
                .orElseThrow(() -> EngineException.invalid("the session has no id (X-Docker-Expose-Session-Uuid)"));
        String protocol = exchange.request().header("upgrade").orElse("");
        if (!protocol.equals("h2c")) {
            throw EngineException.invalid(
                    protocol.isEmpty() ? "no upgrade proto in request" : "protocol " + protocol + " not supported");
        }
        if (isKnown(id)) {
            throw EngineException.conflict("session " + id + " already exists");
        }
        String key =
                exchange.request().header("x-docker-expose-session-sharedkey").orElse("");
        exchange.document();
        AtomicReference<@Nullable Session> own = new AtomicReference<>();
        try {
            exchange.handOver("h2c", channel -> {
                Session session = new Session(GrpcClient.on(channel), key);
                own.set(session);
                begin(id, session);
            });
        } finally {
            Session session = own.get();
            if (session != null) {
                end(id, session);
            }
        }
    }

    private boolean isKnown(String id) {
        lock.lock();
        try {
            return sessions.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    private void begin(String id, Session session) {
        lock.lock();
        try {
            sessions.putIfAbsent(id, session);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(String id, Session session) {
        lock.lock();
        try {
            sessions.remove(id, session);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The session of this id, also one that is about to begin.
     *
     * @throws EngineException INVALID where none comes
     */
    public Session get(String id) throws InterruptedException {
        long left = PATIENCE.toNanos();
        lock.lock();
        try {
            Session session = sessions.get(id);
            while (session == null) {
                if (left <= 0) {
                    throw EngineException.invalid("no active session for " + id + ": the client has not begun it");
                }
                left = changed.awaitNanos(left);
                session = sessions.get(id);
            }
            return session;
        } finally {
            lock.unlock();
        }
    }
}
