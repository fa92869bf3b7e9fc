package dev.berth.cli.http;

import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * An answer with its body on the way. Closing it ends the connection.
 *
 * @param headers by their names in lower case
 */
public record Answer(int status, Map<String, String> headers, InputStream body) implements AutoCloseable {
    /**
     * The whole body; an empty one is a missing document.
     *
     * @throws IOException if it ends too soon or is no JSON
     */
    public Tree json() throws IOException {
        byte[] bytes = body.readAllBytes();
        try {
            return bytes.length == 0 ? new Tree(null) : Json.parse(bytes);
        } catch (IllegalArgumentException e) {
            throw new IOException("the daemon's answer is not JSON: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
