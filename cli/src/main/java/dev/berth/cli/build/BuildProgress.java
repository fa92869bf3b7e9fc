package dev.berth.cli.build;

import dev.berth.cli.CliException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Tree;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** Shows how a build goes on, on standard error. */
public abstract sealed class BuildProgress implements AutoCloseable
        permits PlainProgress, QuietProgress, RawProgress, TerminalProgress {
    /** {@code --progress}. */
    public enum Mode {
        PLAIN,
        TERMINAL,
        QUIET,
        RAW;

        /** @param terminal whether standard error is one */
        public static Mode of(String word, boolean terminal) {
            return switch (word) {
                case "auto" -> terminal ? TERMINAL : PLAIN;
                case "plain" -> PLAIN;
                case "tty" -> {
                    if (!terminal) {
                        throw new CliException("--progress tty: standard error is not a terminal");
                    }
                    yield TERMINAL;
                }
                case "quiet" -> QUIET;
                case "rawjson" -> RAW;
                default ->
                    throw new CliException(
                            "invalid progress mode \"" + word + "\": it is auto, plain, tty, quiet or rawjson");
            };
        }

        /** What the daemon is asked for, behind other parameters. */
        public String query() {
            return switch (this) {
                case PLAIN, RAW -> "";
                case TERMINAL -> "&interleaved=1";
                case QUIET -> "&q=1";
            };
        }
    }

    /** Closing it leaves the stream open. */
    public static BuildProgress of(Mode mode, PrintStream err) {
        return switch (mode) {
            case PLAIN -> new PlainProgress(err);
            case TERMINAL -> TerminalProgress.start(err);
            case QUIET -> new QuietProgress(err);
            case RAW -> new RawProgress(err);
        };
    }

    /** Sends the context, and shows how far it is. */
    public void send(EngineClient.Body context, OutputStream out) throws IOException {
        Counting counting = new Counting(out);
        context.writeTo(counting);
        counting.flush();
        sent(counting.bytes);
    }

    private final class Counting extends FilterOutputStream {
        private long bytes;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] all, int offset, int length) throws IOException {
            out.write(all, offset, length);
            bytes += length;
            sending(bytes);
        }
    }

    /** So many bytes of the context are on their way. */
    void sending(long bytes) {}

    /** These were all. */
    void sent(long bytes) {}

    /**
     * Something that the daemon tells.
     *
     * @param line as it has come
     */
    abstract void event(Tree event, String line);

    /** The last event has been. */
    void end(boolean succeeded) {}

    /** Nothing more is shown. */
    @Override
    public void close() {}
}
