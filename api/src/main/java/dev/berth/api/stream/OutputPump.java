package dev.berth.api.stream;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Takes output from the engine without blocking it, and writes it to a client from the client's own thread. When more
 * waits than a bound, the engine is asked to hold back until the client has caught up.
 */
public final class OutputPump implements OutputSink {
    private static final int MOST_WAITING_BYTES = 256 << 10;
    private static final int HEADER_BYTES = 8;

    private final boolean framed;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean heldBack;
    private boolean ended;
    private boolean forsaken;

    /** @param framed whether each piece has Docker's header of eight bytes, which tells its stream and length */
    public OutputPump(boolean framed) {
        this.framed = framed;
    }

    @Override
    public synchronized boolean write(Stream stream, ByteBuffer bytes) {
        if (forsaken) {
            return true;
        }
        add(stream, bytes);
        heldBack = waitingBytes >= MOST_WAITING_BYTES;
        notifyAll();
        return !heldBack;
    }

    private void add(Stream stream, ByteBuffer bytes) {
        int length = bytes.remaining();
        int at = framed ? HEADER_BYTES : 0;
        byte[] piece = new byte[at + length];
        if (framed) {
            piece[0] = (byte) stream.ordinal();
            ByteBuffer.wrap(piece).putInt(4, length);
        }
        bytes.get(piece, at, length);
        waiting.add(piece);
        waitingBytes += piece.length;
    }

    @Override
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public synchronized void fail(EngineException reason) {
        String text = "Error grabbing logs: " + reason.getMessage() + "\n";
        add(Stream.STDERR, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        ended = true;
        notifyAll();
    }

    /** Has {@link #run} return although more could come: the client is gone, or has detached. */
    public synchronized void forsake() {
        forsaken = true;
        waiting.clear();
        notifyAll();
    }

    /** Writes what comes until it ends; the stream is flushed whenever nothing more waits, and not closed. */
    public void run(OutputStream client, Attachment attachment) throws IOException {
        try {
            while (true) {
                byte[][] pieces;
                boolean resume;
                synchronized (this) {
                    while (waiting.isEmpty() && !ended && !forsaken) {
                        wait();
                    }
                    if (forsaken || waiting.isEmpty()) {
                        return;
                    }
                    pieces = waiting.toArray(new byte[0][]);
                    waiting.clear();
                    waitingBytes = 0;
                    resume = heldBack;
                    heldBack = false;
                }
                for (byte[] piece : pieces) {
                    client.write(piece);
                }
                client.flush();
                if (resume) {
                    attachment.resume();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
