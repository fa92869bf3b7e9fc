package dev.berth.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes from a client on their way from the event loop to a handler: a request's body, or what comes on a connection
 * that was taken over. The handler reads them as a stream and blocks; the event loop offers them and never does. When
 * the handler has taken in most of what was read ahead, the connection is asked for more.
 */
final class Inflow extends InputStream {
    private final int capacity;
    private final Runnable wantMore;
    private final Deque<byte[]> arrived = new ArrayDeque<>();
    private byte[] current = new byte[0];
    private int position;
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

    /** Event loop: takes bytes in. */
    synchronized void offer(byte[] bytes) {
        if (bytes.length > 0 && !closed && !ended) {
            arrived.add(bytes);
            buffered += bytes.length;
            notifyAll();
        }
    }

    /** Event loop: no more will come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Event loop: no more will come although it should have. */
    synchronized void fail(String reason) {
        if (!ended) {
            failure = reason;
            ended = true;
            notifyAll();
        }
    }

    /** Event loop: whether to read on now; if not, {@code wantMore} will be called. */
    synchronized boolean wantsMore() {
        paused = buffered >= capacity;
        return !paused;
    }

    /** Whether everything has arrived, read or not. */
    synchronized boolean isEnded() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return read(into, offset, length, 0);
    }

    /** Reads as {@link #read(byte[], int, int)}, but waits no longer than until this {@link System#nanoTime()}; 0 is never. */
    int read(byte[] into, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        boolean resume;
        int count;
        synchronized (this) {
            if (!awaitBytes(deadlineNanos)) {
                return -1;
            }
            count = Math.min(length, current.length - position);
            System.arraycopy(current, position, into, offset, count);
            position += count;
            buffered -= count;
            resume = paused && buffered <= capacity / 2;
            paused &= !resume;
        }
        if (resume) {
            wantMore.run();
        }
        return count;
    }

    /**
     * Reads everything.
     *
     * @return the bytes, or null if there are more than the limit
     */
    byte @Nullable [] readAtMost(int limitBytes, long deadlineNanos) throws IOException {
        byte[] bytes = new byte[512];
        int size = 0;
        while (true) {
            int count = read(bytes, size, bytes.length - size, deadlineNanos);
            if (count < 0) {
                return java.util.Arrays.copyOf(bytes, size);
            }
            size += count;
            if (size > limitBytes) {
                return null;
            }
            if (size == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(2L * size, limitBytes + 1L));
            }
        }
    }

    @Override
    public synchronized int available() {
        return buffered;
    }

    /** Forgets what has come and what will come. */
    @Override
    public void close() {
        boolean resume;
        synchronized (this) {
            closed = true;
            arrived.clear();
            current = new byte[0];
            position = 0;
            buffered = 0;
            resume = paused;
            paused = false;
            notifyAll();
        }
        if (resume) {
            wantMore.run();
        }
    }

    /** Makes {@code current} have unread bytes; gives false at the end. Called with the monitor held. */
    private boolean awaitBytes(long deadlineNanos) throws IOException {
        while (position == current.length) {
            if (closed) {
                throw new IOException("the stream is closed");
            }
            byte @Nullable [] next = arrived.poll();
            if (next != null) {
                current = next;
                position = 0;
            } else if (failure != null) {
                throw new BodyException(failure);
            } else if (ended) {
                return false;
            } else {
                await(deadlineNanos);
            }
        }
        return true;
    }

    private void await(long deadlineNanos) throws IOException {
        try {
            if (deadlineNanos == 0) {
                wait();
                return;
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (millis <= 0) {
                throw new BodyException("the request's body did not arrive in time");
            }
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the client", e);
        }
    }
}
