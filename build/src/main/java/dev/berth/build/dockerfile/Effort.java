package dev.berth.build.dockerfile;

import dev.berth.build.Limits;

/** How much has been done for one instruction: a few signs can ask for more than there is time and memory for. */
final class Effort {
    private long steps;
    private long chars;

    /** Counts steps of matching patterns. */
    void match(int more) {
        steps += more;
        if (steps > Limits.PATTERN_STEPS) {
            throw new LanguageException("its patterns take too long to match");
        }
    }

    /** Counts signs that stand in for variables. */
    void fill(int more) {
        chars += more;
        if (chars > Limits.EXPANDED_CHARS) {
            throw new LanguageException("it becomes longer than " + Limits.EXPANDED_CHARS + " characters");
        }
    }
}
