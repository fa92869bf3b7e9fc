package dev.berth.api.http;

import dev.berth.linux.socket.StreamSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A chunked body that its handler's thread reads from the socket itself, while the event loop leaves the connection
 * alone: each byte is in one core's cache on its way to the file, and no thread has to be woken for it. Waiting blocks
 * that thread, which must not be a virtual one.
 */
final class DirectBody extends Body {
    /** As much as the kernel lets a client send ahead on a Unix socket, nearly: less means more waiting for each other. */
    private static final int BUFFER_BYTES = 256 << 10;

    /** How soon it is seen that somebody has closed this, or the connection. */
    private static final Duration LOOK_AROUND = Duration.ofMillis(200);

    static final String CLIENT_GONE = "the client has closed the connection before the end of its request";

    private final StreamSocket socket;
    private final End end;
    private final Chunks chunks = new Chunks();
    /** Held while reading. */
    private final ReentrantLock reading = new ReentrantLock();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(BUFFER_BYTES);
    private ByteBuffer received = ByteBuffer.allocate(0);
    private volatile boolean ended;
    private volatile boolean closed;
    private volatile @Nullable String failure;

    /** Gives the connection back to the event loop. */
    @FunctionalInterface
    interface End {
        /**
         * Called once, when the body was read to its end.
         *
         * @param rest what came after it
         * @return whether the event loop left the connection alone all the time
         */
        boolean over(ByteBuffer rest) throws IOException;
    }

    /** @param socket of the connection; closed with this */
    DirectBody(StreamSocket socket, End end) {
        this.socket = socket;
        this.end = end;
    }

    /** Event loop, before anybody reads: what it has received already. */
    void begin(ByteBuffer early) {
        ByteBuffer both = ByteBuffer.allocate(received.remaining() + early.remaining());
        received = both.put(received).put(early).flip();
    }

    @Override
    int read(ByteBuffer into, long deadlineNanos) throws IOException {
        reading.lock();
        try {
            int before = into.position();
            while (into.hasRemaining() && into.position() == before && !chunks.isOver()) {
                check();
                chunks.decode(received, into);
                if (into.position() == before && !chunks.isOver()) {
                    receive(deadlineNanos);
                }
            }
            if (chunks.isOver() && !ended) {
                giveBack();
            }
            return into.position() == before && into.hasRemaining() ? -1 : into.position() - before;
        } finally {
            reading.unlock();
        }
    }

    /**
     * Reads what the handler has left, for the client to see its answer and for the connection to go on.
     *
     * @return whether the end came in that time
     */
    boolean skip(Duration longest) {
        ByteBuffer waste = ByteBuffer.allocate(BUFFER_BYTES);
        long deadline = System.nanoTime() + longest.toNanos();
        try {
            while (System.nanoTime() - deadline < 0) {
                if (read(waste.clear(), deadline) < 0) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    boolean isEnded() {
        return ended;
    }

    @Override
    void fail(String reason) {
        failure = reason;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        reading.lock();
        try {
            socket.close();
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } finally {
            reading.unlock();
        }
    }

    private void check() throws IOException {
        String reason = failure;
        if (closed) {
            throw new IOException("the stream is closed");
        } else if (reason != null) {
            throw new BodyException(reason);
        }
    }

    private void receive(long deadlineNanos) throws IOException {
        for (int count = received(); ; count = received()) {
            check();
            if (count == 0) {
                throw new BodyException(CLIENT_GONE);
            } else if (count > 0) {
                received = memory.asSlice(0, count).asByteBuffer();
                return;
            } else if (deadlineNanos != 0 && deadlineNanos - System.nanoTime() <= 0) {
                throw new BodyException("the request's body did not arrive in time");
            }
            socket.await(LOOK_AROUND);
        }
    }

    private int received() throws BodyException {
        try {
            return socket.receive(memory);
        } catch (IOException e) {
            throw new BodyException("the connection broke before the end of the request: " + e.getMessage());
        }
    }

    private void giveBack() throws IOException {
        boolean alone = end.over(received);
        received = ByteBuffer.allocate(0);
        if (!alone) {
            throw new BodyException(CLIENT_GONE);
        }
        ended = true;
    }
}
