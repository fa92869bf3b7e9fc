package dev.berth.level.os.process;

import dev.berth.level.ProcessSpec;
import dev.berth.level.WindowSize;
import dev.berth.level.os.launch.Stdio;
import dev.berth.linux.Fd;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.monitor.MonitorLaunch;
import dev.berth.linux.terminal.DevPts;
import dev.berth.linux.terminal.PseudoTerminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Both sides of a process's standard streams, before it is started. The engine's side goes over to the {@link
 * OsProcess}; closing this closes the process's side, and the engine's as long as that has not happened.
 */
public final class Streams implements AutoCloseable {
    private final Stdio stdio;
    private final OptionalInt terminalNumber;
    private final Optional<PseudoTerminal> terminal;
    private final Optional<Fd> input;
    private final List<Fd> outputs;
    private final List<Fd> theirs;
    private final Fd nothing;
    private boolean handedOver;

    private Streams(
            Stdio stdio,
            Optional<PseudoTerminal> terminal,
            Optional<Fd> input,
            List<Fd> outputs,
            List<Fd> theirs,
            Fd nothing) {
        this.nothing = nothing;
        this.stdio = stdio;
        this.terminal = terminal;
        this.terminalNumber = terminal.map(t -> OptionalInt.of(t.number())).orElse(OptionalInt.empty());
        this.input = input;
        this.outputs = outputs;
        this.theirs = theirs;
    }

    /**
     * What a process's streams are to be.
     *
     * @param terminal whether all are one terminal
     * @param openInput whether the standard input is connected; a terminal's always is
     * @param size of the terminal
     */
    public record Shape(boolean terminal, boolean openInput, WindowSize size) {
        /** As a specification has it. */
        public static Shape of(ProcessSpec process) {
            return new Shape(process.terminal(), process.openInput(), process.windowSize());
        }
    }

    /**
     * Opens them.
     *
     * @param terminals where a terminal comes from; borrowed
     * @param nothing the null device, for an input that is not connected; borrowed
     */
    public static Streams open(Shape shape, DevPts terminals, Fd nothing) {
        return shape.terminal() ? openTerminal(shape, terminals, nothing) : openPipes(shape, nothing);
    }

    private static Streams openTerminal(Shape shape, DevPts terminals, Fd nothing) {
        PseudoTerminal terminal = terminals.openTerminal();
        try {
            if (shape.size().rows() > 0 && shape.size().columns() > 0) {
                terminal.resize(shape.size().rows(), shape.size().columns());
            }
            int number = terminal.terminal().number();
            return new Streams(
                    new Stdio(number, number, number, true, false),
                    Optional.of(terminal),
                    Optional.of(terminal.master().duplicate()),
                    List.of(terminal.master()),
                    List.of(terminal.terminal()),
                    nothing);
        } catch (RuntimeException e) {
            terminal.close();
            throw e;
        }
    }

    private static Streams openPipes(Shape shape, Fd nothing) {
        List<Fd> opened = new ArrayList<>();
        try {
            Optional<Pipe> input = shape.openInput() ? Optional.of(pipe(opened)) : Optional.empty();
            Pipe output = pipe(opened);
            Pipe error = pipe(opened);
            input.ifPresent(pipe -> Pipe.unblock(pipe.input()));
            Pipe.unblock(output.output());
            Pipe.unblock(error.output());
            List<Fd> theirs = new ArrayList<>(List.of(output.input(), error.input()));
            input.ifPresent(pipe -> theirs.add(pipe.output()));
            return new Streams(
                    new Stdio(
                            input.map(Pipe::output).orElse(nothing).number(),
                            output.input().number(),
                            error.input().number(),
                            false,
                            input.isEmpty()),
                    Optional.empty(),
                    input.map(Pipe::input),
                    List.of(output.output(), error.output()),
                    theirs,
                    nothing);
        } catch (RuntimeException e) {
            opened.forEach(Fd::close);
            throw e;
        }
    }

    private static Pipe pipe(List<Fd> opened) {
        Pipe pipe = Pipe.open();
        opened.add(pipe.input());
        opened.add(pipe.output());
        return pipe;
    }

    /**
     * What a monitor is to hold of them, besides its own.
     *
     * @param terminals the sandbox's
     */
    public MonitorLaunch.Held held(Fd executable, OpenFile record, Pipe report, DevPts terminals) {
        List<Fd> others = new ArrayList<>(List.of(terminals.mount()));
        others.addAll(outputs);
        return new MonitorLaunch.Held(executable, record, report, input.orElse(nothing), others);
    }

    /** The process's side. */
    public Stdio stdio() {
        return stdio;
    }

    /** The terminal's number in its file system. */
    public OptionalInt terminalNumber() {
        return terminalNumber;
    }

    Optional<PseudoTerminal> terminal() {
        return terminal;
    }

    /** Where to write the process's input, and where to read what it writes: the terminal's, or first what it prints. */
    Optional<Fd> input() {
        return input;
    }

    List<Fd> outputs() {
        return outputs;
    }

    void handOver() {
        handedOver = true;
    }

    @Override
    public void close() {
        theirs.forEach(Fd::close);
        if (!handedOver) {
            input.ifPresent(Fd::close);
            outputs.forEach(Fd::close);
        }
    }
}
