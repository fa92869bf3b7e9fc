package dev.berth.engine;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A sink that keeps what it is given, and if it is told to, asks to wait after each call. */
public final class Taken implements OutputSink {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private Optional<Attachment> attachment = Optional.empty();
    private boolean slow;
    private int calls;

    public static Taken slow() {
        Taken taken = new Taken();
        taken.slow = true;
        return taken;
    }

    public void attachment(Attachment newAttachment) {
        attachment = Optional.of(newAttachment);
    }

    public Attachment attachment() {
        return attachment.orElseThrow();
    }

    @Override
    public synchronized boolean write(Stream stream, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        (stream == Stream.STDERR ? err : out).writeBytes(copy);
        calls++;
        notifyAll();
        return !slow;
    }

    @Override
    public void end() {
        if (!end.complete(null)) {
            throw new IllegalStateException("ended twice");
        }
    }

    @Override
    public void fail(EngineException reason) {
        end.completeExceptionally(reason);
    }

    public synchronized int calls() {
        return calls;
    }

    public synchronized String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public synchronized String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    public boolean isEnded() {
        return end.isDone();
    }

    /** Waits for the end; gives all that came on standard output. */
    public String toEnd() throws Exception {
        Box.soon(end);
        return out();
    }

    /** Waits until this text has come. */
    public synchronized void awaitText(String text) throws InterruptedException {
        long until = System.nanoTime() + 30_000_000_000L;
        while (!out().contains(text)) {
            if (System.nanoTime() > until) {
                throw new AssertionError("\"" + text + "\" did not come, but: " + out());
            }
            wait(1_000);
        }
    }
}
