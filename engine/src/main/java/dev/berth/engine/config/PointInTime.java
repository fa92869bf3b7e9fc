package dev.berth.engine.config;

import dev.berth.engine.error.EngineException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Points in time as people write them in filters: seconds since 1970, a duration before now as Go writes it, or a date
 * with as much of a time as is known.
 */
public final class PointInTime {
    private static final Pattern UNIX = Pattern.compile("\\d{1,12}(\\.\\d{1,9})?");
    private static final Pattern DURATION = Pattern.compile("(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ns|us|µs|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("([\\d.]+)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private PointInTime() {}

    /**
     * Reads one.
     *
     * @param filter the filter's name, for the error message
     * @throws EngineException INVALID if it is none
     */
    public static Instant parse(String filter, String text) {
        try {
            if (UNIX.matcher(text).matches()) {
                return Instant.ofEpochSecond(
                        0, new BigDecimal(text).movePointRight(9).longValueExact());
            }
            if (DURATION.matcher(text).matches()) {
                return Instant.now().minus(duration(text));
            }
            return date(text);
        } catch (DateTimeException | ArithmeticException e) {
            throw EngineException.invalid("invalid filter '" + filter + "=" + text
                    + "': expected a duration such as 24h, or a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static Duration duration(String text) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long unit = NANOS.getOrDefault(part.group(2), 0L);
            sum = sum.plusNanos(new BigDecimal(part.group(1))
                    .multiply(BigDecimal.valueOf(unit))
                    .setScale(0, RoundingMode.DOWN)
                    .longValueExact());
        }
        return sum;
    }

    /** What has no zone of its own is meant where the engine is. */
    private static Instant date(String text) {
        int time = text.indexOf('T');
        if (time < 0) {
            return LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
        }
        boolean zoned = text.endsWith("Z") || text.lastIndexOf('+') > time || text.lastIndexOf('-') > time;
        return zoned
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    }
}
