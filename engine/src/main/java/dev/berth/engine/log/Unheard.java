package dev.berth.engine.log;

import dev.berth.engine.stream.OutputSink.Stream;

/** Nobody wants to know how far a run's output is. */
enum Unheard implements RunOutput {
    INSTANCE;

    @Override
    public void ready() {}

    @Override
    public void kept(Stream stream, long position) {}
}
