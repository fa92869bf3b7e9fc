package dev.berth.embedded;

import java.io.Serial;

/**
 * Berth did not do what was asked, and nothing was changed. The message says in one line what was being done, to what, why
 * not, and what to do where that is known.
 */
public class BerthException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;

    BerthException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    BerthException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why, as far as a program has to tell the cases apart. */
    public Kind kind() {
        return kind;
    }

    /** Why something was not done. */
    public enum Kind {
        /** There is no such container, image, network, volume or file. */
        NOT_FOUND,
        /** It does not fit the state of things: a name is taken, something is in use, a container does not run. */
        CONFLICT,
        /** It makes no sense as it was asked for. */
        INVALID,
        /** This host or this engine cannot do it. */
        UNSUPPORTED,
        /** It is not allowed. */
        FORBIDDEN,
        /** A registry or another host cannot be reached, or does not answer as it should. */
        UNAVAILABLE,
        /** The disk is full. */
        NO_SPACE,
        /** What was waited for did not come true: in time, or before the container ended. */
        TIMEOUT,
        /** The thread was interrupted; it still is. */
        INTERRUPTED,
        /** The engine was closed. */
        CLOSED,
        /** Anything else. */
        FAILED
    }
}
