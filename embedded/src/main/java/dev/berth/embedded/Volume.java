package dev.berth.embedded;

import java.nio.file.Path;

/**
 * Files that containers share, and that outlast each of them. Closing it removes it with its files, when no container has it
 * any more; where nobody does, it goes with its engine.
 */
public final class Volume implements AutoCloseable {
    private final Berth berth;
    private final String name;
    private final Path files;

    Volume(Berth berth, String name, Path files) {
        this.berth = berth;
        this.name = name;
        this.files = files;
    }

    public String name() {
        return name;
    }

    /** Where its files are on the host. */
    public Path files() {
        return files;
    }

    /**
     * Removes it. Nothing happens where it is gone, or its engine is.
     *
     * @throws BerthException CONFLICT where containers have it
     */
    @Override
    public void close() {
        if (!berth.isClosed()) {
            Failures.does(() -> berth.engine().volumes().remove(name, true));
        }
    }

    @Override
    public String toString() {
        return "volume " + name;
    }
}
