package dev.berth.cli.http;

import java.io.Serial;

/** The daemon answered with an error. */
public final class ApiException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The words that the user is told. */
    public String sentence() {
        return "Error response from daemon: " + getMessage();
    }
}
