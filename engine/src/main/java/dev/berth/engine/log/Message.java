package dev.berth.engine.log;

import dev.berth.engine.stream.OutputSink.Stream;
import java.time.Instant;
import java.util.Optional;

/**
 * A line that was printed, or a piece of a long one. The bytes are its taker's for the time of the call.
 *
 * @param bytes where the line is, from {@code from} up to {@code to}, without its line feed
 * @param partial which piece of a line it is; empty for a whole line
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Message(Stream stream, Instant at, byte[] bytes, int from, int to, Optional<Partial> partial) {
    /**
     * A piece of a line that was cut.
     *
     * @param id what the pieces of one line have in common
     * @param ordinal its number, from one
     * @param last whether the line ends with it
     */
    record Partial(String id, int ordinal, boolean last) {}

    /** Whether a line feed followed. */
    boolean endsLine() {
        return partial.isEmpty() || partial.get().last();
    }

    int length() {
        return to - from;
    }
}
