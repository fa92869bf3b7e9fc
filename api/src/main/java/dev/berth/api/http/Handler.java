package dev.berth.api.http;

import java.io.IOException;

/** Answers requests. Called on a virtual thread of the request's own, so it may block. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request. An exception ends the connection without an answer, or in mid-answer, so that the client
     * can't take what it has for the whole.
     */
    void handle(Exchange exchange) throws IOException;
}
