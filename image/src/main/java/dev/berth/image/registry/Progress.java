package dev.berth.image.registry;

import dev.berth.image.oci.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tells a listener of a transfer: one event at a time, and measures not more often than an eye can follow. */
final class Progress {
    private static final long INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    private final TransferListener listener;
    private final Map<String, Last> last = new HashMap<>();

    private record Last(TransferEvent.Phase phase, long nanos) {}

    Progress(TransferListener listener) {
        this.listener = listener;
    }

    synchronized void message(String id, String text) {
        listener.event(new TransferEvent.Message(Optional.of(id), text));
    }

    synchronized void message(String text) {
        listener.event(new TransferEvent.Message(Optional.empty(), text));
    }

    synchronized void pushed(String tag, Digest digest, long size) {
        listener.event(new TransferEvent.Pushed(tag, digest, size));
    }

    /** A layer enters a phase, unless it is in it. */
    synchronized void phase(Digest layer, TransferEvent.Phase phase) {
        Last before = last.get(layer.shortHex());
        if (before == null || before.phase != phase) {
            tell(layer, phase, 0, 0, System.nanoTime());
        }
    }

    /** A layer enters a phase, unless it is in the one that needs no other. */
    synchronized void leave(Digest layer, TransferEvent.Phase unless, TransferEvent.Phase phase) {
        Last before = last.get(layer.shortHex());
        if (before == null || before.phase != unless) {
            phase(layer, phase);
        }
    }

    /** How far a layer is in a phase. */
    synchronized void measure(Digest layer, TransferEvent.Phase phase, long current, long total) {
        long now = System.nanoTime();
        Last before = last.get(layer.shortHex());
        if (before == null || before.phase != phase || now - before.nanos >= INTERVAL_NANOS) {
            tell(layer, phase, current, total, now);
        }
    }

    private void tell(Digest layer, TransferEvent.Phase phase, long current, long total, long now) {
        last.put(layer.shortHex(), new Last(phase, now));
        listener.event(new TransferEvent.Layer(layer.shortHex(), phase, current, total));
    }
}
