package dev.berth.bench;

import java.util.Locale;

/** Prints the table, a row a figure, as each becomes known. */
final class Report {
    private static final String ROW = "%-66s %12s %12s %9s   %s%n";

    void head() {
        System.out.printf(ROW, "what", "berth", "peer", "ratio", "goal");
    }

    /** A figure of which less is better. */
    void row(String what, String unit, double berth, double peer, String goal) {
        System.out.printf(
                ROW,
                what,
                figure(berth, unit),
                figure(peer, unit),
                String.format(Locale.ROOT, "1/%.1f", peer / berth),
                goal);
    }

    void note(String text) {
        System.out.println(text);
    }

    private static String figure(double value, String unit) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.0f %s", value, unit);
    }
}
