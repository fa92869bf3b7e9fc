package dev.berth.api.stream;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.TransferEvent;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pull's, push's or load's progress as Docker's JSON lines. What fails once they have begun is their last line. */
public final class TransferLines implements TransferListener, AutoCloseable {
    private final JsonLines lines;
    private final Function<Object, byte[]> json;
    private boolean failedBefore;
    private boolean unread;

    /** @param json writes a tree */
    public TransferLines(JsonLines lines, Function<Object, byte[]> json) {
        this.lines = lines;
        this.json = json;
    }

    public boolean hasBegun() {
        return lines.hasBegun();
    }

    /** Begins the answer: from here on what fails is its last line. */
    public void begin() throws IOException {
        lines.begin().flush();
    }

    /** Work that tells its progress here. */
    @FunctionalInterface
    public interface Action {
        void run() throws IOException;
    }

    /** Does the work. */
    public void run(Action work) throws IOException {
        try {
            work.run();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (ImageException | EngineException e) {
            if (!lines.hasBegun()) {
                failedBefore = true;
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            send(JsonTree.of("errorDetail", JsonTree.of("message", message), "error", message));
        } catch (IOException | RuntimeException e) {
            failedBefore = true;
            throw e;
        }
    }

    @Override
    public void event(TransferEvent event) {
        send(view(event));
    }

    /** Sends an object. Where nobody reads any more nothing is sent: whoever does the work is told in another way. */
    public synchronized void send(Map<String, ?> object) {
        if (unread) {
            return;
        }
        try {
            lines.send(json.apply(object));
        } catch (UncheckedIOException e) {
            unread = true;
        }
    }

    private static Map<String, @Nullable Object> view(TransferEvent event) {
        Map<String, @Nullable Object> view = JsonTree.of();
        switch (event) {
            case TransferEvent.Message message -> {
                view.put("status", message.text());
                message.id().ifPresent(id -> view.put("id", id));
            }
            case TransferEvent.Layer layer -> {
                view.put("status", layer.phase().words());
                view.put(
                        "progressDetail",
                        layer.total() > 0 ? JsonTree.of("current", layer.current(), "total", layer.total()) : Map.of());
                putBar(view, layer.current(), layer.total());
                view.put("id", layer.id());
            }
            case TransferEvent.Measure measure -> {
                view.put("status", measure.text());
                view.put(
                        "progressDetail",
                        measure.total() > 0
                                ? JsonTree.of("current", measure.current(), "total", measure.total())
                                : JsonTree.of("current", measure.current()));
                putBar(view, measure.current(), measure.total());
            }
            case TransferEvent.Pushed pushed -> {
                view.put("progressDetail", Map.of());
                view.put(
                        "aux",
                        JsonTree.of(
                                "Tag", pushed.tag(),
                                "Digest", pushed.digest().toString(),
                                "Size", pushed.size()));
            }
        }
        return view;
    }

    private static void putBar(Map<String, @Nullable Object> view, long current, long total) {
        String bar = ProgressBar.of(current, total);
        if (!bar.isEmpty()) {
            view.put("progress", bar);
        }
    }

    /** Text as a container's build or a load prints it. */
    public void text(String text) {
        send(Map.of("stream", text));
    }

    @Override
    public void close() throws IOException {
        if (!failedBefore) {
            lines.close();
        }
    }
}
