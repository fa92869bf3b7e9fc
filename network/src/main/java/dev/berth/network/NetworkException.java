package dev.berth.network;

import java.io.Serial;

/**
 * Something of a network could not be had, and nothing was changed. The message is one line for the user, in Docker's
 * words where Docker has any. The kind tells the engine which status to give.
 */
public final class NetworkException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;

    public NetworkException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public NetworkException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public static NetworkException invalid(String message) {
        return new NetworkException(Kind.INVALID, message);
    }

    public static NetworkException forbidden(String message) {
        return new NetworkException(Kind.FORBIDDEN, message);
    }

    public static NetworkException exhausted(String message) {
        return new NetworkException(Kind.EXHAUSTED, message);
    }

    public static NetworkException failed(String message, Throwable cause) {
        return new NetworkException(Kind.FAILED, message, cause);
    }

    /** Why, as far as a caller has to tell the cases apart; the HTTP status that Docker gives is named with each. */
    public enum Kind {
        /** The request makes no sense (400). */
        INVALID,
        /** Somebody else has it (403). */
        FORBIDDEN,
        /** There is no more of it (500). */
        EXHAUSTED,
        /** Anything else: the kernel refused (500). */
        FAILED
    }
}
