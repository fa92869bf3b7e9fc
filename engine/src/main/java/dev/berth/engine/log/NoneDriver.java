package dev.berth.engine.log;

import java.util.Optional;

/** Nothing is kept. */
final class NoneDriver implements LogDriver {
    @Override
    public void open(LogSource source) {}

    @Override
    public boolean add(Message message) {
        return false;
    }

    @Override
    public void flush() {}

    @Override
    public Written written() {
        return Written.NOWHERE;
    }

    @Override
    public void takeBack(Written written) {}

    @Override
    public Optional<LogFiles> readable() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
