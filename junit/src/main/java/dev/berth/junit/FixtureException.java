package dev.berth.junit;

import java.io.Serial;

/** A container of a test's field cannot be had. The message says of which field, why, and what to do where that is known. */
public final class FixtureException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    FixtureException(String message) {
        super(message);
    }

    FixtureException(String message, Throwable cause) {
        super(message, cause);
    }
}
