package dev.berth.api.route;

import dev.berth.engine.error.EngineException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Points in time as clients write them: seconds since 1970 with a fraction, or RFC 3339. */
final class Times {
    private static final long NANOS = 1_000_000_000;

    private Times() {}

    /** A query parameter; empty where it is missing or 0. */
    static Optional<Instant> parse(Call call, String name) {
        return call.query(name).filter(value -> value.equals("0")).isPresent() ? Optional.empty() : exact(call, name);
    }

    /** A query parameter of which 0 is 1970; empty where it is missing. */
    static Optional<Instant> exact(Call call, String name) {
        Optional<String> text = call.query(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (text.get().indexOf('T') > 0) {
                return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
            }
            BigDecimal nanos = new BigDecimal(text.get()).movePointRight(9);
            long total = nanos.longValue();
            return Optional.of(Instant.ofEpochSecond(Math.floorDiv(total, NANOS), Math.floorMod(total, NANOS)));
        } catch (NumberFormatException | DateTimeException e) {
            throw new EngineException(
                    EngineException.Kind.INVALID, "invalid value for \"" + name + "\": " + text.get(), e);
        }
    }
}
