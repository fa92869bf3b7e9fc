package dev.berth.cli.check;

/**
 * One thing that was looked at.
 *
 * @param found what there is
 * @param mend how to have more; empty where nothing is amiss
 */
public record Finding(String name, Verdict verdict, String found, String mend) {
    /** How it stands. */
    public enum Verdict {
        OK("ok"),
        /** It is as it is, for better or worse. */
        NOTE("note"),
        /** Containers run, but something will be missed. */
        WARNING("warning"),
        /** Without this no container runs. */
        MISSING("missing");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    static Finding ok(String name, String found) {
        return new Finding(name, Verdict.OK, found, "");
    }

    static Finding note(String name, String found, String mend) {
        return new Finding(name, Verdict.NOTE, found, mend);
    }

    static Finding warning(String name, String found, String mend) {
        return new Finding(name, Verdict.WARNING, found, mend);
    }

    static Finding missing(String name, String found, String mend) {
        return new Finding(name, Verdict.MISSING, found, mend);
    }
}
