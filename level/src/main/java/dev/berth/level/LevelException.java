package dev.berth.level;

import java.io.Serial;

/**
 * A level could not do what was asked. The message is one line for the user: what was being done, to what, why it
 * failed. The kind tells the API and the command line which status and exit code to give.
 */
public final class LevelException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;

    public LevelException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public LevelException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Why, as far as a caller has to tell the cases apart. */
    public enum Kind {
        /** The specification asks for something that does not exist or makes no sense (an unknown user, a bad profile). */
        INVALID,
        /** The program to run was not found in the sandbox (exit code 127). */
        NOT_FOUND,
        /** The program to run cannot be executed (exit code 126). */
        NOT_EXECUTABLE,
        /** The level or this host cannot do it. */
        UNSUPPORTED,
        /** The sandbox or process is not in a state for it (already ended, not started). */
        CONFLICT,
        /** Anything else: the kernel refused, resources ran out. */
        FAILED
    }
}
