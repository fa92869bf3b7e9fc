package dev.berth.engine.event;

/** A place in the audience. Closing it ends it without a further call to its sink. Idempotent. */
public interface Subscription extends AutoCloseable {
    /** Lets events flow again after {@link EventSink#event} asked to wait. */
    void resume();

    @Override
    void close();
}
