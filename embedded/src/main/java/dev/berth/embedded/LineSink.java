package dev.berth.embedded;

import dev.berth.embedded.LogLine.Source;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Cuts what a log has into lines. The consumer may take its time: a log's reader has a thread of its own. */
final class LineSink implements OutputSink {
    private final Consumer<LogLine> consumer;
    private final Map<Source, ByteArrayOutputStream> begun = new EnumMap<>(Source.class);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    LineSink(Consumer<LogLine> consumer) {
        this.consumer = consumer;
        for (Source source : Source.values()) {
            begun.put(source, new ByteArrayOutputStream());
        }
    }

    /** Completes when nothing more comes; fails with what the consumer has thrown. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public boolean write(Stream stream, ByteBuffer bytes) {
        try {
            take(stream == Stream.STDERR ? Source.ERRORS : Source.OUTPUT, bytes);
            return true;
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
            return false; // the reader waits until it is closed
        }
    }

    private void take(Source source, ByteBuffer bytes) {
        ByteArrayOutputStream line = line(source);
        while (bytes.hasRemaining()) {
            byte one = bytes.get();
            if (one == '\n') {
                tell(source, line);
            } else {
                line.write(one);
                if (line.size() == Limits.LINE_BYTES) {
                    tell(source, line);
                }
            }
        }
    }

    private void tell(Source source, ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        consumer.accept(new LogLine(source, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text));
    }

    private ByteArrayOutputStream line(Source source) {
        return begun.computeIfAbsent(source, _ -> new ByteArrayOutputStream());
    }

    @Override
    public void end() {
        try {
            for (Source source : Source.values()) {
                if (line(source).size() > 0) {
                    tell(source, line(source));
                }
            }
            ended.complete(null);
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }

    @Override
    public void fail(EngineException reason) {
        ended.completeExceptionally(reason);
    }
}
