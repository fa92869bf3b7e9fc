package dev.berth.api.stream;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * An answer of JSON objects, one a line, that begins with the first of them: what fails before can still be answered
 * with a status. Used by one thread at a time.
 */
public final class JsonLines implements AutoCloseable {
    private final Exchange exchange;
    private Optional<OutputStream> out = Optional.empty();

    public JsonLines(Exchange exchange) {
        this.exchange = exchange;
    }

    public boolean hasBegun() {
        return out.isPresent();
    }

    /** Begins the answer, if it has not begun. */
    public OutputStream begin() throws IOException {
        if (out.isEmpty()) {
            out = Optional.of(exchange.stream(Status.OK, "application/json"));
        }
        return out.get();
    }

    /** Sends one object at once. */
    public void send(byte[] object) {
        try {
            OutputStream stream = begin();
            stream.write(object);
            stream.write('\r');
            stream.write('\n');
            stream.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the answer. */
    @Override
    public void close() throws IOException {
        begin().close();
    }
}
