package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.log.Message.Partial;
import dev.berth.engine.stream.OutputSink.Stream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Cuts what one stream prints into messages as Docker does: one a line, and of a line that is too long one for each full
 * piece. What has no end yet is held back until that comes or the stream ends.
 */
final class LineCutter {
    private final Stream stream;
    private byte[] rest = new byte[0];
    private int held;
    private boolean torn;
    private Place place;

    /**
     * How far a stream was cut.
     *
     * @param position bytes of the stream that are in messages
     * @param open the line whose first pieces are among them
     */
    record Place(long position, Optional<OpenLine> open) {
        static final Place START = new Place(0, Optional.empty());
    }

    /**
     * A line that was cut and has not ended.
     *
     * @param pieces how many there are so far
     * @param at the time of the first, which is that of all
     */
    record OpenLine(UUID id, int pieces, Instant at) {}

    LineCutter(Stream stream, Place from) {
        this.stream = stream;
        this.place = from;
    }

    /** How far it has cut: up to the end of the message that is being told, when asked by its taker. */
    Place place() {
        return place;
    }

    /** Takes bytes and tells the messages that they complete. */
    void cut(byte[] bytes, Instant at, Consumer<Message> taker) {
        int start = torn ? skipLine(bytes) : 0;
        while (start < bytes.length) {
            int limit = Math.min(bytes.length, start + Limits.LOG_LINE_BYTES - held);
            int end = LineFeeds.next(bytes, start, limit);
            if (end < limit) {
                tell(bytes, start, end, at, true, taker);
                start = end + 1;
            } else if (held + limit - start == Limits.LOG_LINE_BYTES) {
                tell(bytes, start, limit, at, false, taker);
                start = limit;
            } else {
                hold(bytes, start, limit);
                start = limit;
            }
        }
    }

    /** What came next was dropped: so is the line that it was in, both ends of it. */
    void drop(long bytes, boolean endsLine) {
        place = new Place(place.position() + held + bytes, Optional.empty());
        held = 0;
        torn = !endsLine;
    }

    /** Tells what is left of a line: nothing more comes. */
    void finish(Instant at, Consumer<Message> taker) {
        if (held > 0) {
            byte[] line = rest;
            int length = held;
            held = 0;
            tell(line, 0, length, at, false, taker);
        }
    }

    private int skipLine(byte[] bytes) {
        int end = LineFeeds.next(bytes, 0, bytes.length);
        torn = end == bytes.length;
        int skipped = torn ? end : end + 1;
        place = new Place(place.position() + skipped, Optional.empty());
        return skipped;
    }

    private void tell(byte[] bytes, int from, int to, Instant at, boolean ends, Consumer<Message> taker) {
        byte[] line = bytes;
        int start = from;
        int end = to;
        if (held > 0) {
            hold(bytes, from, to);
            line = rest;
            start = 0;
            end = held;
            held = 0;
        }
        Optional<OpenLine> before = place.open();
        long position = place.position() + end - start + (ends ? 1 : 0);
        if (ends && before.isEmpty()) {
            place = new Place(position, Optional.empty());
            taker.accept(new Message(stream, at, line, start, end, Optional.empty()));
            return;
        }
        OpenLine open = before.map(earlier -> new OpenLine(earlier.id(), earlier.pieces() + 1, earlier.at()))
                .orElseGet(() -> new OpenLine(UUID.randomUUID(), 1, at));
        place = new Place(position, ends ? Optional.empty() : Optional.of(open));
        Partial partial = new Partial(open.id().toString().replace("-", ""), open.pieces(), ends);
        taker.accept(new Message(stream, open.at(), line, start, end, Optional.of(partial)));
    }

    private void hold(byte[] bytes, int from, int to) {
        int length = held + to - from;
        if (rest.length < length) {
            rest = Arrays.copyOf(rest, Math.min(Limits.LOG_LINE_BYTES, Math.max(length, 2 * rest.length)));
        }
        System.arraycopy(bytes, from, rest, held, to - from);
        held = length;
    }
}
