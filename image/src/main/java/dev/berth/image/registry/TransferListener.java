package dev.berth.image.registry;

/** Is told of a pull's or push's progress, by several threads but one at a time; seldom enough to be shown as it comes. */
@FunctionalInterface
public interface TransferListener {
    void event(TransferEvent event);
}
