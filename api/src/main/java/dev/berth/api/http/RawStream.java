package dev.berth.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection that a handler has taken over. Each direction ends by itself: the input when the client closes its
 * side, while the output goes on. Closing it sends what was written and ends the connection. Each direction may be used
 * by a thread of its own.
 */
public final class RawStream implements AutoCloseable {
    private final Connection connection;
    private final Inflow input;
    private final OutputStream output;

    RawStream(Connection connection, Inflow input, TakeOverHead head) {
        this.connection = connection;
        this.input = input;
        this.output = new Output(connection.outflow(), head);
    }

    /** What the client sends; reading waits for it. */
    public InputStream input() {
        return input;
    }

    /** What the client gets; unbuffered, and writing waits for it to read. */
    public OutputStream output() {
        return output;
    }

    /** Has something called, on the event loop, when the connection is gone; at once if it is gone already. */
    public void onDisconnect(Runnable action) {
        connection.onDisconnect(action);
    }

    @Override
    public void close() {
        input.close();
        connection.closeAfterWrites();
    }

    private static final class Output extends OutputStream {
        private final Outflow outflow;
        private final TakeOverHead head;
        private boolean begun;

        Output(Outflow outflow, TakeOverHead head) {
            this.outflow = outflow;
            this.head = head;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!begun) {
                begun = true;
                head.awaitRead();
            }
            outflow.send(bytes, offset, length);
        }
    }
}
