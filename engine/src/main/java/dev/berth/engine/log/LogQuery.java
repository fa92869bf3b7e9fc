package dev.berth.engine.log;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which part of a log, and how. At least one of the streams must be asked for.
 *
 * @param follow whether to go on as the container prints, until it ends
 * @param since what is older is left out
 * @param until what is younger is left out
 * @param tail so many of the last lines; empty for all
 * @param timestamps whether each line begins with its time, in RFC 3339 with nine digits
 * @param details whether each line begins with the driver's extra attributes (Docker's {@code --details})
 */
public record LogQuery(
        boolean stdout,
        boolean stderr,
        boolean follow,
        Optional<Instant> since,
        Optional<Instant> until,
        OptionalLong tail,
        boolean timestamps,
        boolean details) {
    /** All that was printed so far. */
    public static final LogQuery ALL =
            new LogQuery(true, true, false, Optional.empty(), Optional.empty(), OptionalLong.empty(), false, false);
}
