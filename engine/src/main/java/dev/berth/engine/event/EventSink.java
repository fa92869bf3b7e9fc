package dev.berth.engine.event;

import dev.berth.engine.error.EngineException;

/** Takes events, one call at a time. Exactly one of {@link #end} and {@link #fail} is the last call. */
public interface EventSink {
    /** Takes an event; must not block. Returns false to get no more until {@link Subscription#resume()}. */
    boolean event(Event event);

    /** Nothing more comes: the time asked for is over, or the engine closes. */
    void end();

    /** The subscriber was too slow and has lost events. */
    void fail(EngineException reason);
}
