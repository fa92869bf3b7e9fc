package dev.berth.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What two engines showed in the same rounds, and so how much each varies by itself. */
record Rounds(List<Double> berth, List<Double> dockerd) {
    Rounds() {
        this(new ArrayList<>(), new ArrayList<>());
    }

    /** The medians; behind the goal what the rounds lay between. */
    void row(Report report, String what, String unit, String goal) {
        report.row(
                what, unit, median(berth), median(dockerd), goal + ": " + range(berth) + " beside " + range(dockerd));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static String range(List<Double> values) {
        return String.format(
                Locale.ROOT,
                "%.3f-%.3f",
                values.stream().min(Double::compare).orElseThrow(),
                values.stream().max(Double::compare).orElseThrow());
    }
}
