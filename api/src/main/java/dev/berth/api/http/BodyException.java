package dev.berth.api.http;

import java.io.IOException;
import java.io.Serial;

/** What a client sends as its request's body is malformed, cut off or late: its fault, not ours. */
public final class BodyException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    BodyException(String message) {
        super(message);
    }
}
