package dev.berth.image.registry;

import java.util.ArrayList;
import java.util.List;

/** Writes down what a transfer tells. */
final class Recorder implements TransferListener {
    private final List<TransferEvent> events = new ArrayList<>();

    @Override
    public synchronized void event(TransferEvent event) {
        events.add(event);
    }

    /** The sentences, each with its ID before it if it has one. */
    synchronized List<String> messages() {
        List<String> messages = new ArrayList<>();
        for (TransferEvent event : events) {
            if (event instanceof TransferEvent.Message(var id, String text)) {
                messages.add(id.map(i -> i + ": ").orElse("") + text);
            }
        }
        return messages;
    }

    /** The phases that layers went through, without repetitions. */
    synchronized List<TransferEvent.Phase> phases() {
        List<TransferEvent.Phase> phases = new ArrayList<>();
        for (TransferEvent event : events) {
            if (event instanceof TransferEvent.Layer layer && (phases.isEmpty() || phases.getLast() != layer.phase())) {
                phases.add(layer.phase());
            }
        }
        return phases;
    }
}
