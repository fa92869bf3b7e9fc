package dev.berth.embedded;

import dev.berth.image.registry.TransferEvent;

/**
 * How far something is that takes its time.
 *
 * @param subject the layer, or the tag, that it is about; empty for the whole
 * @param text what happens to it
 * @param current bytes done; zero where that is not measured
 * @param total bytes to do; zero where that is not known
 */
public record Progress(String subject, String text, long current, long total) {
    static Progress of(TransferEvent event) {
        return switch (event) {
            case TransferEvent.Message(var id, String text) -> new Progress(id.orElse(""), text, 0, 0);
            case TransferEvent.Layer(String id, var phase, long current, long total) ->
                new Progress(id, phase.words(), current, total);
            case TransferEvent.Pushed(String tag, var digest, long size) ->
                new Progress(tag, "digest: " + digest, size, size);
            case TransferEvent.Measure(String text, long current, long total) -> new Progress("", text, current, total);
        };
    }
}
