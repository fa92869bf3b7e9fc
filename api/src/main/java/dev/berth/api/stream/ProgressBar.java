package dev.berth.api.stream;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** How far a transfer is, as a text for clients that draw nothing themselves: {@code [==>  ]  1.2MB/30MB}. */
final class ProgressBar {
    private static final int WIDTH = 50;
    private static final int COUNT_WIDTH = 8;
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private ProgressBar() {}

    /**
     * The text.
     *
     * @param total bytes; zero where that is unknown, and there is no bar then
     */
    static String of(long current, long total) {
        String done = pad(size(current));
        if (total <= 0) {
            return current <= 0 ? "" : done;
        }
        int filled = (int) Math.clamp((long) (100.0 * current / total) / 2, 0, WIDTH);
        String bar = "[" + "=".repeat(filled) + ">" + " ".repeat(WIDTH - filled) + "] ";
        return bar + done + (current > total ? "" : "/" + size(total));
    }

    private static String pad(String text) {
        return " ".repeat(Math.max(0, COUNT_WIDTH - text.length())) + text;
    }

    /** With four digits, as Go's {@code units.HumanSize} has it. */
    private static String size(long bytes) {
        BigDecimal value = BigDecimal.valueOf(bytes);
        int unit = 0;
        while (value.compareTo(THOUSAND) >= 0 && unit < UNITS.length - 1) {
            value = value.movePointLeft(3);
            unit++;
        }
        BigDecimal rounded = value.round(new MathContext(4, RoundingMode.HALF_EVEN));
        return (rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString()) + UNITS[unit];
    }
}
