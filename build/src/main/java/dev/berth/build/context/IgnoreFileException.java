package dev.berth.build.context;

import java.io.Serial;

/** An ignore file cannot be read. The message is one line for the user. */
public final class IgnoreFileException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public IgnoreFileException(String message) {
        super(message);
    }
}
