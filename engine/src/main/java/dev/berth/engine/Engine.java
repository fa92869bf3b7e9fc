package dev.berth.engine;

import dev.berth.engine.container.Containers;
import dev.berth.engine.container.Execs;
import dev.berth.engine.event.Events;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.system.SystemInfo;

/** A container engine over one data root. Safe for use by many threads. */
public final class Engine implements AutoCloseable {
    private Engine() {}

    /**
     * Opens the engine: takes the data root's lock, reads the state, and frees what a crashed predecessor left behind.
     *
     * @throws dev.berth.engine.error.EngineException CONFLICT when another engine has the data root (names its process)
     */
    public static Engine open(EngineOptions options) {
        throw new IllegalStateException("skeleton " + options);
    }

    public Containers containers() {
        throw new IllegalStateException("skeleton");
    }

    public Execs execs() {
        throw new IllegalStateException("skeleton");
    }

    public EngineImages images() {
        throw new IllegalStateException("skeleton");
    }

    public Events events() {
        throw new IllegalStateException("skeleton");
    }

    /** Facts for {@code info} and {@code version}, as they are now. */
    public SystemInfo system() {
        throw new IllegalStateException("skeleton");
    }

    /** Stops all containers, each with its own signal and timeout, and gives back everything but the data root's files. */
    @Override
    public void close() {}
}
