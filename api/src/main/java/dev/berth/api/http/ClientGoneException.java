package dev.berth.api.http;

import java.io.IOException;
import java.io.Serial;

/** The client has closed its connection: there is nobody left to answer. */
public final class ClientGoneException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    /** For whoever finds the client gone while it waits for something else. */
    public ClientGoneException() {
        super("the client has closed the connection");
    }
}
