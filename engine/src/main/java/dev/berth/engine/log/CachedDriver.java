package dev.berth.engine.log;

import java.io.IOException;
import java.util.Optional;

/** Messages to somewhere they cannot be read from, and into files that are read instead (Docker's dual logging). */
final class CachedDriver implements LogDriver {
    private final LogDriver remote;
    private final LogDriver cache;

    CachedDriver(LogDriver remote, LogDriver cache) {
        this.remote = remote;
        this.cache = cache;
    }

    @Override
    public void open(LogSource source) throws IOException {
        remote.open(source);
        cache.open(source);
    }

    @Override
    public boolean add(Message message) {
        return remote.add(message) | cache.add(message);
    }

    @Override
    public void flush() throws IOException {
        try {
            remote.flush();
        } finally {
            cache.flush();
        }
    }

    @Override
    public Written written() throws IOException {
        return cache.written();
    }

    /** What was sent is sent again. */
    @Override
    public void takeBack(Written written) throws IOException {
        cache.takeBack(written);
    }

    @Override
    public Optional<LogFiles> readable() {
        return cache.readable();
    }

    @Override
    public void close() throws IOException {
        try {
            remote.close();
        } finally {
            cache.close();
        }
    }
}
