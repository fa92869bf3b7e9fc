package dev.berth.image.check;

/**
 * One thing that is not as it should be.
 *
 * @param subject what it is about: {@code blob sha256:…}, {@code container 0123456789ab}
 * @param problem what is wrong, in a clause
 * @param action what was done, what would be done, or what the user is to do
 */
public record Finding(Weight weight, String subject, String problem, Outcome outcome, String action) {
    /** How bad it is. */
    public enum Weight {
        /** Left by something that was interrupted; nothing is lost. */
        UNFINISHED,
        /** Something that was whole is not. */
        DAMAGED,
        /** Not of the engine's making; it is never touched. */
        FOREIGN
    }

    /** What became of it. */
    public enum Outcome {
        REPAIRED,
        /** It would be, if that were asked for. */
        REPAIRABLE,
        /** It stays; the action says what to do. */
        LEFT
    }

    /** All of it in one line. */
    public String line() {
        return weight.name().toLowerCase(java.util.Locale.ROOT) + ": " + subject + ": " + problem + "; " + action;
    }
}
