package dev.berth.engine.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Optional;

/** How messages lie in a file, one record after the other. One thread writes; any number read. */
interface RecordFormat {
    /** What every record says of its container from now on. */
    void attributes(Map<String, String> attributes);

    /** Adds a record. */
    void encode(Message message, ByteBuilder out);

    /** The next record before the source's limit, past what is none; empty where there is none any more. */
    Optional<LogRecord> next(RecordSource source) throws IOException;

    /** Finds where the last records before a limit begin, from there backwards. */
    Tail last(FileChannel file, long limit, long records) throws IOException;

    /**
     * The end of a file.
     *
     * @param offset where it begins
     * @param records how many there are in it
     */
    record Tail(long offset, long records) {}
}
