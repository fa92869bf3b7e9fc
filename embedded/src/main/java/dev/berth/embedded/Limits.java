package dev.berth.embedded;

import java.time.Duration;

/** Bounds on what is kept in memory, and how often is looked. */
final class Limits {
    private Limits() {}

    /** Bytes of each of a further process's streams that are kept for its result. */
    static final int EXEC_OUTPUT_BYTES = 64 << 20;
    /** Bytes of one line of a log; what is longer is told in pieces. */
    static final int LINE_BYTES = 1 << 20;
    /** Bytes of a file that is read into memory. */
    static final int FILE_BYTES = 64 << 20;
    /** Lines of a log that an exception tells. */
    static final int LAST_LINES = 50;
    /** Between two looks at whether something has come true: the first pause, each twice as long as the last, and the longest. */
    static final Duration FIRST_PAUSE = Duration.ofMillis(2);

    static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
}
