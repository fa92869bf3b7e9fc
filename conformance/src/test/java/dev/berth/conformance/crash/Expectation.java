package dev.berth.conformance.crash;

/** What a client knows of one container of its own. A request that was not answered may have been obeyed or not. */
final class Expectation {
    final String name;
    /** How many lines it prints before it ends; 0 for one that prints until it is killed. */
    final int lines;
    /** What it ends with by itself. */
    final int exitCode;

    Word created = Word.NO;
    Word started = Word.NO;
    Word killed = Word.NO;
    Word removed = Word.NO;
    /** Whether an engine has ended under it. */
    boolean crashed;

    /** How far the daemon has given its word. */
    enum Word {
        NO,
        ASKED,
        ANSWERED
    }

    Expectation(String name, int lines, int exitCode) {
        this.name = name;
        this.lines = lines;
        this.exitCode = exitCode;
    }

    boolean mustExist() {
        return created == Word.ANSWERED && removed == Word.NO;
    }

    boolean mustNotExist() {
        return removed == Word.ANSWERED || created == Word.NO;
    }

    @Override
    public String toString() {
        return name + " (lines " + lines + ", exit code " + exitCode + ", created " + created + ", started " + started
                + ", killed " + killed + ", removed " + removed + ")";
    }
}
