package dev.berth.engine.stream;

import dev.berth.engine.error.EngineException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An attachment that first tells what is past and then what is live. To the past it is the sink, to the taker the
 * attachment: the end of the past is not the end.
 */
public final class Replay implements OutputSink, Attachment {
    private final OutputSink sink;
    private final CompletableFuture<Void> told = new CompletableFuture<>();
    private Optional<Attachment> past = Optional.empty();
    private Optional<Attachment> live = Optional.empty();
    private boolean resumed;

    public Replay(OutputSink sink) {
        this.sink = sink;
    }

    /** An attachment to what has neither past nor future: the sink is ended at once. */
    public static Attachment ofNothing(OutputSink sink) {
        Thread.ofVirtual().start(sink::end);
        return new Replay(sink);
    }

    /** Whoever tells the past. */
    public void past(Attachment reading) {
        synchronized (this) {
            past = Optional.of(reading);
            if (!resumed) {
                return;
            }
        }
        reading.resume(); // the taker was quicker than this thread
    }

    /** Whoever tells what is live. */
    public synchronized void live(Attachment attachment) {
        live = Optional.of(attachment);
    }

    /** Completes when the past is told. */
    public CompletableFuture<Void> told() {
        return told;
    }

    @Override
    public boolean write(Stream stream, ByteBuffer bytes) {
        return sink.write(stream, bytes);
    }

    @Override
    public void end() {
        told.complete(null);
    }

    /** A log that cannot be read is no reason to withhold what is live. */
    @Override
    public void fail(EngineException reason) {
        told.complete(null);
    }

    @Override
    public CompletableFuture<Void> write(ByteBuffer bytes) {
        Optional<Attachment> target = liveNow();
        if (target.isPresent()) {
            return target.get().write(bytes);
        }
        bytes.position(bytes.limit());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void closeInput() {
        liveNow().ifPresent(Attachment::closeInput);
    }

    @Override
    public void resume() {
        Optional<Attachment> reading;
        synchronized (this) {
            resumed = true;
            reading = past;
        }
        if (told.isDone()) {
            liveNow().ifPresent(Attachment::resume);
        } else {
            reading.ifPresent(Attachment::resume);
        }
    }

    @Override
    public void close() {
        past().ifPresent(Attachment::close);
        liveNow().ifPresent(Attachment::close);
        told.complete(null);
    }

    private synchronized Optional<Attachment> past() {
        return past;
    }

    private synchronized Optional<Attachment> liveNow() {
        return live;
    }
}
