package dev.berth.daemon;

import java.io.Serial;

/** The daemon cannot start, or was called wrongly; the message is for the user. */
final class DaemonException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    DaemonException(String message) {
        super(message);
    }

    DaemonException(String message, Throwable cause) {
        super(message, cause);
    }
}
