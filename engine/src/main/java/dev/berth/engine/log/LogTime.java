package dev.berth.engine.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/** Times as Docker writes them, in UTC. */
final class LogTime {
    private static final DateTimeFormatter FIXED =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SHORTEST = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private LogTime() {}

    /** RFC 3339 with all nine digits, so that lines have one width: for those who read. */
    static String fixed(Instant at) {
        return FIXED.format(at);
    }

    /** RFC 3339 without the zeros at its end: for files. */
    static String shortest(Instant at) {
        return SHORTEST.format(at);
    }
}
