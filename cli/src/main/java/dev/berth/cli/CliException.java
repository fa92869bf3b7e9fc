package dev.berth.cli;

import java.io.Serial;

/** The command failed: a message for the user, and the exit code. */
public final class CliException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int exitCode;

    public CliException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public CliException(String message) {
        this(1, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
