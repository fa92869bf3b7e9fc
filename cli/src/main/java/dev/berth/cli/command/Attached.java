package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.http.Hijacked;
import dev.berth.linux.terminal.Terminal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The user's terminal and streams, attached to a process: bytes both ways, the terminal's size and raw mode, signals.
 * Closing it gives the terminal its mode back.
 */
final class Attached implements AutoCloseable {
    private static final int BUFFER_BYTES = 32 << 10;
    private static final int HEADER_BYTES = 8;
    private static final int STDERR = 2;

    private final Context context;
    private final Hijacked stream;
    private final boolean terminal;
    private final boolean input;
    private Optional<Terminal> raw = Optional.empty();

    /**
     * @param terminal whether the process has a terminal
     * @param input whether our input goes to it
     */
    Attached(Context context, Hijacked stream, boolean terminal, boolean input) {
        this.context = context;
        this.stream = stream;
        this.terminal = terminal;
        this.input = input;
    }

    /** Tells the process's terminal the size of ours. */
    @FunctionalInterface
    interface Resize {
        void to(int rows, int columns) throws IOException;
    }

    /** Makes our terminal raw, where both are one, and has its size followed. */
    void prepareTerminal(Resize resize) {
        if (!terminal || !Context.isTerminal(0)) {
            return;
        }
        raw = input ? Terminal.ofStandardInput() : Optional.empty();
        raw.ifPresent(Terminal::makeRaw);
        follow(resize);
        Signal.handle(new Signal("WINCH"), signal -> follow(resize));
    }

    private static void follow(Resize resize) {
        Terminal.ofStandardInput().flatMap(Terminal::size).ifPresent(size -> {
            try {
                resize.to(size.rows(), size.columns());
            } catch (IOException | ApiException | CliException | UncheckedIOException e) {
                // the process has ended meanwhile, or has not begun
            }
        });
    }

    /** What passes a signal on. */
    @FunctionalInterface
    interface Kill {
        void send(String signal);
    }

    /** Has signals that are sent to us go to the process instead. */
    static void passSignals(Kill kill) {
        for (String name : new String[] {"INT", "TERM", "HUP", "USR2", "CONT", "QUIT", "USR1"}) {
            try {
                Signal.handle(new Signal(name), signal -> {
                    try {
                        kill.send(name);
                    } catch (ApiException | CliException | UncheckedIOException e) {
                        // it has ended meanwhile, or the daemon has
                    }
                });
            } catch (IllegalArgumentException e) {
                // the JVM keeps this signal for itself
            }
        }
    }

    /** Copies until the process ends or we are detached. */
    void copy(boolean stdout, boolean stderr) throws IOException {
        if (input) {
            Thread.ofPlatform().daemon().name("input").start(this::copyInput);
        }
        if (terminal) {
            copyRaw();
        } else {
            copyFrames(stream.input(), stdout ? context.out() : null, stderr ? context.err() : null);
        }
    }

    private void copyInput() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            OutputStream to = stream.output();
            for (int n = context.in().read(buffer); n >= 0; n = context.in().read(buffer)) {
                to.write(buffer, 0, n);
            }
            stream.endOutput();
        } catch (IOException e) {
            // the process reads no more; what it prints still comes
        }
    }

    private void copyRaw() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = stream.input().read(buffer); n >= 0; n = stream.input().read(buffer)) {
            context.out().write(buffer, 0, n);
            context.out().flush();
        }
    }

    /** Takes frames apart: a byte for the stream, three of nothing, four of length (Docker's attach). */
    static void copyFrames(InputStream in, @Nullable PrintStream out, @Nullable PrintStream err) throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        while (true) {
            int read = in.readNBytes(header, 0, HEADER_BYTES);
            if (read == 0) {
                return;
            }
            if (read < HEADER_BYTES) {
                throw new EOFException("the daemon ended its stream within a frame");
            }
            int length = ByteBuffer.wrap(header).getInt(4);
            if (length < 0 || header[0] < 0 || header[0] > STDERR) {
                throw new IOException("the daemon's stream is not in frames");
            }
            copyFrame(in, length, header[0] == STDERR ? err : out);
        }
    }

    private static void copyFrame(InputStream in, int length, @Nullable PrintStream to) throws IOException {
        byte[] buffer = new byte[Math.min(length, BUFFER_BYTES)];
        int left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException("the daemon ended its stream within a frame");
            }
            if (to != null) {
                to.write(buffer, 0, n);
                to.flush();
            }
            left -= n;
        }
    }

    /** Whether the stream of a terminal ended because its keys were typed: the container goes on. */
    static boolean isDetached(EngineClient client, String path) {
        try {
            return client.get(path + "/json").flag("State", "Running");
        } catch (ApiException e) {
            return false; // it is removed already
        }
    }

    @Override
    public void close() throws IOException {
        raw.ifPresent(Terminal::close);
        stream.close();
    }
}
