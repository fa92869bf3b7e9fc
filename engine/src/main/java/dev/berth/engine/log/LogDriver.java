package dev.berth.engine.log;

import java.io.IOException;
import java.util.Optional;

/**
 * Where a container's messages go. One thread at a time uses it; what {@link #readable} gives serves others at the same
 * time.
 */
interface LogDriver extends AutoCloseable {
    /**
     * A run begins or goes on. What cannot be reached then, the container is not started for.
     *
     * @param source what messages may say of their container
     */
    void open(LogSource source) throws IOException;

    /** Takes a message into the batch. Gives whether the batch should be written before there is another. */
    boolean add(Message message);

    /** Writes the batch, which is empty afterwards in any case: what cannot be written is lost. */
    void flush() throws IOException;

    /** The file that was written last, and how long it is. Makes it where it is not yet there. */
    Written written() throws IOException;

    /** Takes back what was written after this. */
    void takeBack(Written written) throws IOException;

    /** Where messages can be read again; empty where they cannot. */
    Optional<LogFiles> readable();

    /** Frees what is held open for writing; it is opened again with the next message. */
    @Override
    void close() throws IOException;

    /**
     * A file up to a place.
     *
     * @param inode its number; zero where the driver has no file, so that nothing can be taken back
     */
    record Written(long inode, long length) {
        static final Written NOWHERE = new Written(0, 0);
    }
}
