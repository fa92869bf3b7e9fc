package dev.berth.engine.log;

import dev.berth.engine.stream.OutputSink.Stream;

/**
 * What a run of a container learns from the log that takes its output. Calls come from the log's thread, or, where
 * nothing is written, from the one that gives the output: they must not block.
 */
public interface RunOutput {
    /** There is room again after {@link ContainerLog#take} said no. */
    void ready();

    /**
     * Everything that the stream has printed before this place is kept, even if the engine is killed now: it need never
     * be given again.
     *
     * @param position bytes of this stream since the run began
     */
    void kept(Stream stream, long position);
}
