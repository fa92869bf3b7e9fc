package dev.berth.api.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes from a client on their way from the event loop to a handler: a request's body, or what comes on a connection
 * that was taken over. The handler blocks; the event loop offers them and never does. When the handler has taken in most of what was read ahead, the connection
 * is asked for more. It holds the event loop's buffers until they are read or it is closed.
 */
final class Inflow extends Body {
    /** A smaller piece is copied: it may be a small part of a buffer that it would keep in memory. */
    private static final int LEAST_HELD_BYTES = 16 << 10;

    private final int capacity;
    private final Runnable wantMore;
    /** Not a monitor: notifying a virtual thread that waits on one takes another thread's help. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuf> arrived = new ArrayDeque<>(); // this and what follows is guarded by the lock
    private int buffered;
    private boolean paused;
    private boolean ended;
    private boolean closed;
    private @Nullable String failure;

    /**
     * @param capacity bytes to read ahead
     * @param wantMore called, from the handler's thread, when there is room again
     */
    Inflow(int capacity, Runnable wantMore) {
        this.capacity = capacity;
        this.wantMore = wantMore;
    }

    /** Event loop: takes a buffer in, which is released sooner or later. {@link #wake} tells a reader that waits. */
    void offer(ByteBuf bytes) {
        ByteBuf piece = bytes;
        if (bytes.readableBytes() < LEAST_HELD_BYTES) {
            piece = Unpooled.copiedBuffer(bytes);
            bytes.release();
        }
        lock.lock();
        try {
            if (piece.isReadable() && !closed && !ended) {
                arrived.add(piece);
                buffered += piece.readableBytes();
            } else {
                piece.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Event loop: has a reader see what was offered; once for all that came together. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Event loop: no more will come. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    void fail(String reason) {
        lock.lock();
        try {
            if (!ended) {
                failure = reason;
                ended = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Event loop: whether to read on now; if not, {@code wantMore} will be called. */
    boolean wantsMore() {
        lock.lock();
        try {
            paused = buffered >= capacity;
            return !paused;
        } finally {
            lock.unlock();
        }
    }

    @Override
    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    int read(ByteBuffer into, long deadlineNanos) throws IOException {
        int before = into.position();
        ByteBuf piece = into.hasRemaining() ? awaitPiece(deadlineNanos) : Unpooled.EMPTY_BUFFER;
        if (piece == null) {
            return -1;
        }
        while (piece != null && into.hasRemaining()) {
            // Without the lock, for which the event loop would have to wait. The piece is kept by its second reference.
            int count = Math.min(into.remaining(), piece.readableBytes());
            piece.readBytes(into.slice(into.position(), count));
            into.position(into.position() + count);
            piece = taken(piece, count);
        }
        if (piece != null) {
            piece.release();
        }
        return into.position() - before;
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return buffered;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        boolean resume;
        lock.lock();
        try {
            closed = true;
            arrived.forEach(ByteBuf::release);
            arrived.clear();
            buffered = 0;
            resume = paused;
            paused = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (resume) {
            wantMore.run();
        }
    }

    /** The first piece that has come, with a reference for the caller; null at the end. */
    private @Nullable ByteBuf awaitPiece(long deadlineNanos) throws IOException {
        lock.lock();
        try {
            while (arrived.isEmpty() || closed) {
                if (closed) {
                    throw new IOException("the stream is closed");
                } else if (failure != null) {
                    throw new BodyException(failure);
                } else if (ended) {
                    return null;
                }
                await(deadlineNanos);
            }
            return arrived.element().retain();
        } finally {
            lock.unlock();
        }
    }

    /** Notes that so many bytes of a piece were read, gives its reference back, and gives the next piece to read from, if any. */
    private @Nullable ByteBuf taken(ByteBuf piece, int count) {
        boolean resume;
        ByteBuf next = null;
        lock.lock();
        try {
            if (!closed) {
                buffered -= count;
                if (!piece.isReadable()) {
                    arrived.remove().release();
                }
                ByteBuf first = arrived.peek();
                next = first == null ? null : first.retain();
            }
            resume = paused && buffered <= capacity / 2;
            paused &= !resume;
        } finally {
            lock.unlock();
        }
        piece.release();
        if (resume) {
            wantMore.run();
        }
        return next;
    }

    /** With the lock held. */
    private void await(long deadlineNanos) throws IOException {
        try {
            if (deadlineNanos == 0) {
                changed.await();
            } else if (changed.awaitNanos(deadlineNanos - System.nanoTime()) <= 0) {
                throw new BodyException("the request's body did not arrive in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the client", e);
        }
    }
}
