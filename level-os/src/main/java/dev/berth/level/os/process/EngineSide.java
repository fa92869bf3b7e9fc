package dev.berth.level.os.process;

import dev.berth.level.ProcessOutput.Stream;
import dev.berth.linux.Fd;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.monitor.Monitor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The engine's side of a process's streams.
 *
 * @param terminal their terminal, where they are one: the same descriptor as that of the output
 * @param input where to write the process's input
 * @param outputs of the standard output, or the terminal, and of the standard error
 */
record EngineSide(Optional<Fd> terminal, Optional<Fd> input, List<OutputStream.Source> outputs) {
    /** Which of the descriptors that a monitor holds is the mount of the terminals. */
    static final int HELD_TERMINALS = 0;

    /** Which is the standard output's or the terminal's; the one behind it is the standard error's. */
    static final int HELD_OUTPUT = 1;

    /** Of streams that were opened for a process; their output is spooled where there is a place for that. */
    static EngineSide of(Streams streams, Optional<Path> spools) {
        boolean terminal = streams.terminal().isPresent();
        List<OutputStream.Source> outputs = new ArrayList<>();
        for (Stream stream : streams(terminal)) {
            Optional<Spool> spool = spools.map(directory -> Spool.create(directory, name(stream)));
            outputs.add(new OutputStream.Source(stream, streams.outputs().get(outputs.size()), terminal, spool, 0));
        }
        return new EngineSide(streams.terminal().map(t -> t.master()), streams.input(), outputs);
    }

    /**
     * Of streams that a monitor holds.
     *
     * @param kept up to where the engine has kept each
     */
    static EngineSide of(Monitor monitor, Streams.Shape shape, Path spools, Map<Stream, Long> kept) {
        List<OutputStream.Source> outputs = new ArrayList<>();
        for (Stream stream : streams(shape.terminal())) {
            Fd fd = monitor.held(HELD_OUTPUT + outputs.size()).orElseGet(EngineSide::ended);
            outputs.add(source(fd, shape, stream, spools, kept));
        }
        Optional<Fd> input = shape.terminal() || shape.openInput() ? monitor.input() : Optional.empty();
        return new EngineSide(
                shape.terminal() ? Optional.of(outputs.getFirst().fd()) : Optional.empty(), input, outputs);
    }

    /** Of a process that is no more: what it has printed and nobody has kept. */
    static EngineSide ofEnded(Streams.Shape shape, Path spools, Map<Stream, Long> kept) {
        List<OutputStream.Source> outputs = new ArrayList<>();
        for (Stream stream : streams(shape.terminal())) {
            outputs.add(source(ended(), shape, stream, spools, kept));
        }
        return new EngineSide(Optional.empty(), Optional.empty(), outputs);
    }

    /** Removes what is spooled. */
    static void forget(Path spools) {
        for (Stream stream : Stream.values()) {
            Spool.remove(spools, name(stream));
        }
    }

    private static List<Stream> streams(boolean terminal) {
        return terminal ? List.of(Stream.STDOUT) : List.of(Stream.values());
    }

    private static OutputStream.Source source(
            Fd fd, Streams.Shape shape, Stream stream, Path spools, Map<Stream, Long> kept) {
        long from = kept.getOrDefault(stream, 0L);
        return new OutputStream.Source(
                stream, fd, shape.terminal(), Optional.of(Spool.takeUp(spools, name(stream), from)), from);
    }

    private static String name(Stream stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** A descriptor that is at its end. */
    static Fd ended() {
        Pipe pipe = Pipe.open();
        pipe.input().close();
        return pipe.output();
    }
}
