package dev.berth.api.http;

import java.io.IOException;
import java.io.Serial;

/** The client has closed its connection: there is nobody left to answer. */
public final class ClientGoneException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    ClientGoneException() {
        super("the client has closed the connection");
    }
}
