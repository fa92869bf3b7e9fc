package dev.berth.cli.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection that is a stream of bytes in both directions. */
public final class Hijacked implements AutoCloseable {
    private final Connection connection;
    private final boolean multiplexed;

    Hijacked(Connection connection, boolean multiplexed) {
        this.connection = connection;
        this.multiplexed = multiplexed;
    }

    /** Whether the daemon says that what comes is in frames. */
    public boolean multiplexed() {
        return multiplexed;
    }

    public InputStream input() {
        return connection.input();
    }

    public OutputStream output() {
        return connection.output();
    }

    /** Tells the daemon that no more input comes. */
    public void endOutput() throws IOException {
        connection.endOutput();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
