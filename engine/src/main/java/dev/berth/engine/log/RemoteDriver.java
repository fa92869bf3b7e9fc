package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Messages over a socket, each by itself. A connection that breaks is made again, once a message. */
abstract class RemoteDriver implements LogDriver {
    private final ByteBuilder batch = new ByteBuilder(256);
    private final List<Integer> ends = new ArrayList<>();
    private @Nullable Wire wire;

    /** A connection. */
    interface Wire extends AutoCloseable {
        /** Sends a whole message; waits for room where there is none. */
        void send(ByteBuffer message) throws IOException;

        @Override
        void close() throws IOException;
    }

    abstract Wire connect() throws IOException;

    /** Adds a message as it is sent. */
    abstract void encode(Message message, ByteBuilder out);

    @Override
    public void open(LogSource source) throws IOException {
        close();
        wire = connect();
    }

    @Override
    public boolean add(Message message) {
        int before = batch.length();
        encode(message, batch);
        if (batch.length() > before) {
            ends.add(batch.length());
        }
        return batch.length() >= Limits.LOG_BATCH_BYTES;
    }

    @Override
    public void flush() throws IOException {
        try {
            int start = 0;
            for (int end : ends) {
                send(start, end);
                start = end;
            }
        } finally {
            batch.clear();
            ends.clear();
        }
    }

    private void send(int start, int end) throws IOException {
        Wire open = wire;
        if (open != null) {
            try {
                open.send(batch.view(start, end));
                return;
            } catch (IOException e) {
                close(); // the other side may have been started anew
            }
        }
        Wire again = connect();
        wire = again;
        again.send(batch.view(start, end));
    }

    @Override
    public Written written() {
        return Written.NOWHERE;
    }

    /** What was sent is sent again. */
    @Override
    public void takeBack(Written written) {}

    @Override
    public Optional<LogFiles> readable() {
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        if (wire != null) {
            wire.close();
            wire = null;
        }
    }
}
