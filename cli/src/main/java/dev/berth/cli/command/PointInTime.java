package dev.berth.cli.command;

import dev.berth.cli.CliException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/**
 * Points in time as users write them: seconds since 1970, RFC 3339 with or without its last parts (in our own zone where
 * none is named), or a duration before now.
 */
final class PointInTime {
    private static final int DATE_CHARS = 10;

    private PointInTime() {}

    /**
     * Seconds since 1970 with a fraction, as the API takes them; empty for nothing.
     *
     * @throws CliException for what is none of these
     */
    static String seconds(String text) {
        if (text.isEmpty() || text.matches("[0-9]+(\\.[0-9]+)?")) {
            return text;
        }
        try {
            if (text.matches("-?([0-9.]+(ns|us|µs|ms|s|m|h))+")) {
                boolean ahead = text.startsWith("-");
                long nanos = Values.nanos(ahead ? text.substring(1) : text, "since");
                return seconds(Instant.now().minusNanos(ahead ? -nanos : nanos));
            }
            return seconds(instant(text));
        } catch (DateTimeException e) {
            throw new CliException("failed to parse value as time or duration: \"" + text + "\"");
        }
    }

    private static Instant instant(String text) {
        ZoneId here = ZoneId.systemDefault();
        if (text.length() <= DATE_CHARS) {
            return LocalDate.parse(text).atStartOfDay(here).toInstant();
        }
        boolean zoned = text.endsWith("Z") || text.matches(".*T.*[+-].*");
        String hour = text.matches("[^T]*T\\d\\d(Z|[+-].*)?") ? text.replaceFirst("(T\\d\\d)", "$1:00") : text;
        return zoned
                ? OffsetDateTime.parse(hour).toInstant()
                : LocalDateTime.parse(hour).atZone(here).toInstant();
    }

    private static String seconds(Instant instant) {
        return String.format("%d.%09d", instant.getEpochSecond(), instant.getNano());
    }
}
