package dev.berth.embedded;

import dev.berth.engine.error.EngineException;

/**
 * A network on which containers find each other by their names. Closing it removes it, when no container is on it any more;
 * where nobody does, it goes with its engine.
 */
public final class Network implements AutoCloseable {
    private final Berth berth;
    private final String id;
    private final String name;

    Network(Berth berth, String id, String name) {
        this.berth = berth;
        this.id = id;
        this.name = name;
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    /**
     * Removes it. Nothing happens where it is gone, or its engine is.
     *
     * @throws BerthException FORBIDDEN where containers are on it
     */
    @Override
    public void close() {
        if (berth.isClosed()) {
            return;
        }
        Failures.does(() -> {
            try {
                berth.engine().networks().remove(id);
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.NOT_FOUND) {
                    throw e;
                }
            }
        });
    }

    @Override
    public String toString() {
        return "network " + name;
    }
}
