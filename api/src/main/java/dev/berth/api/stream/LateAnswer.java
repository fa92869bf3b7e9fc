package dev.berth.api.stream;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A body that begins with its first byte: what fails before can still be answered with a status. For one thread. */
public final class LateAnswer extends OutputStream {
    private final Exchange exchange;
    private final String contentType;
    private Optional<OutputStream> out = Optional.empty();
    private boolean ended;

    public LateAnswer(Exchange exchange, String contentType) {
        this.exchange = exchange;
        this.contentType = contentType;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (out.isEmpty()) {
            out = Optional.of(exchange.stream(Status.OK, contentType));
        }
        out.get().write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        if (out.isPresent()) {
            out.get().flush();
        }
    }

    /** The body is complete; without this call the client sees it cut off. */
    public void end() {
        ended = true;
    }

    @Override
    public void close() throws IOException {
        if (ended && out.isPresent()) {
            out.get().close();
        }
    }
}
