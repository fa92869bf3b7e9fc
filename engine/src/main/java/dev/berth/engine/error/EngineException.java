package dev.berth.engine.error;

import java.io.Serial;

/**
 * The engine did not do what was asked, and nothing was changed. The message is one line for the user, in Docker's
 * words where Docker has any: the official clients look for some of them.
 */
public final class EngineException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;

    public EngineException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public static EngineException notFound(String message) {
        return new EngineException(Kind.NOT_FOUND, message);
    }

    public static EngineException conflict(String message) {
        return new EngineException(Kind.CONFLICT, message);
    }

    public static EngineException invalid(String message) {
        return new EngineException(Kind.INVALID, message);
    }

    public static EngineException unsupported(String message) {
        return new EngineException(Kind.UNSUPPORTED, message);
    }

    public static EngineException notModified(String message) {
        return new EngineException(Kind.NOT_MODIFIED, message);
    }

    public static EngineException failed(String message, Throwable cause) {
        return new EngineException(Kind.FAILED, message, cause);
    }

    /** Why, as far as a caller has to tell the cases apart; the HTTP status that Docker gives is named with each. */
    public enum Kind {
        /** There is no such container, exec or image (404). */
        NOT_FOUND,
        /** The request does not fit the state of things (409). */
        CONFLICT,
        /** The request makes no sense (400). */
        INVALID,
        /** It is already as asked (304). */
        NOT_MODIFIED,
        /** The engine, the level or the host cannot do it (501). */
        UNSUPPORTED,
        /** It is not allowed (403). */
        FORBIDDEN,
        /** The program to run does not exist or cannot be executed (400). */
        NOT_RUNNABLE,
        /** The credentials were not accepted (401). */
        UNAUTHORIZED,
        /** Anything else (500). */
        FAILED
    }
}
