package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Warnings as they are found, those aside that nobody wants. */
final class Findings {
    private final CheckOptions options;
    private final List<CheckWarning> warnings = new ArrayList<>();

    Findings(CheckOptions options) {
        this.options = options;
    }

    /** One about a line. */
    void add(CheckRule rule, Location location, String message) {
        add(options, rule, location, message);
    }

    /** One about an instruction, right above which may stand that it is not wanted. */
    void add(CheckRule rule, Origin origin, String message) {
        add(options.and(origin.comments()), rule, origin.location(), message);
    }

    private void add(CheckOptions wanted, CheckRule rule, Location location, String message) {
        if (wanted.wants(rule)) {
            warnings.add(new CheckWarning(rule, message, location));
        }
    }

    /** By lines; those of one line as they were found. */
    List<CheckWarning> sorted() {
        return warnings.stream()
                .sorted(Comparator.comparingInt(warning -> warning.location().first()))
                .toList();
    }
}
