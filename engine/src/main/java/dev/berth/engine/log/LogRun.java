package dev.berth.engine.log;

import dev.berth.engine.log.LineCutter.Place;
import dev.berth.engine.stream.OutputSink.Stream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The output of one run on its way through its driver, and how far it is. One thread at a time uses it. */
final class LogRun {
    private final LogDriver driver;
    private final System.Logger problems;
    private final @Nullable CheckpointFile checkpoint;
    private final RunOutput output;
    private final Map<Stream, LineCutter> cutters = new EnumMap<>(Stream.class);
    private final Map<Stream, Long> kept = new EnumMap<>(Stream.class);
    private final Place stdout;
    private final Place stderr;
    private boolean begun;
    private boolean unwritten;
    private boolean broken;

    /** Output of no run, of which nobody wants to know how far it is. */
    LogRun(LogDriver driver, System.Logger problems) {
        this(driver, problems, null, Unheard.INSTANCE, Place.START, Place.START);
    }

    LogRun(
            LogDriver driver,
            System.Logger problems,
            @Nullable CheckpointFile checkpoint,
            RunOutput output,
            Place stdout,
            Place stderr) {
        this.driver = driver;
        this.problems = problems;
        this.checkpoint = checkpoint;
        this.output = output;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    void ready() {
        output.ready();
    }

    /** Whether nothing was printed. Any thread may ask when none prints. */
    boolean isSilent() {
        return cutters.isEmpty();
    }

    /** Output that is not kept. */
    synchronized void pass(Stream stream, int bytes) {
        output.kept(stream, kept.merge(stream, (long) bytes, Long::sum));
    }

    /** Takes output into the batch; gives whether some was written. */
    boolean print(Stream stream, byte[] bytes, Instant at) {
        boolean[] written = new boolean[1];
        cutter(stream).cut(bytes, at, message -> written[0] |= add(message));
        return written[0];
    }

    /** Some output was not taken: what comes next is further on. */
    void drop(Stream stream, long bytes, boolean endsLine) {
        cutter(stream).drop(bytes, endsLine);
    }

    /** Writes the batch; gives whether there was one. */
    boolean flush() {
        if (!unwritten) {
            return false;
        }
        unwritten = false;
        if (!begun) {
            begun = true;
            save(false); // what is in the file already is not of this run
        }
        try {
            driver.flush();
            broken = false;
        } catch (IOException e) {
            complain("writing a log failed, output is lost: " + e.getMessage());
        }
        if (save(true)) {
            cutters.forEach(this::tellKept);
        }
        return true;
    }

    /** Writes what is left: nothing more is printed. */
    void end() {
        Instant now = Instant.now();
        cutters.values().forEach(cutter -> cutter.finish(now, this::add));
        flush();
        cutters.clear();
        closeCheckpoint(false);
    }

    void forget() {
        closeCheckpoint(true);
    }

    private LineCutter cutter(Stream stream) {
        return cutters.computeIfAbsent(
                stream,
                which -> new LineCutter(
                        which,
                        switch (which) {
                            case STDIN -> Place.START;
                            case STDOUT -> stdout;
                            case STDERR -> stderr;
                        }));
    }

    private boolean add(Message message) {
        unwritten = true;
        return driver.add(message) && flush();
    }

    /** Says how far the log is: with the batch, or before it. */
    private boolean save(boolean withBatch) {
        if (checkpoint == null) {
            return true;
        }
        try {
            LogDriver.Written file = driver.written();
            checkpoint.write(new Checkpoint(
                    file.inode(),
                    file.length(),
                    withBatch ? cutter(Stream.STDOUT).place() : stdout,
                    withBatch ? cutter(Stream.STDERR).place() : stderr));
            return true;
        } catch (IOException e) {
            complain("noting how far a log is failed: " + e.getMessage());
            return false;
        }
    }

    private void tellKept(Stream stream, LineCutter cutter) {
        long position = cutter.place().position();
        Long before = kept.put(stream, position);
        if (before == null ? position > 0 : position > before) {
            output.kept(stream, position);
        }
    }

    private void closeCheckpoint(boolean delete) {
        if (checkpoint == null) {
            return;
        }
        try {
            if (delete) {
                checkpoint.delete();
            } else {
                checkpoint.close();
            }
        } catch (IOException e) {
            problems.log(Level.WARNING, "closing a log's checkpoint failed: " + e.getMessage());
        }
    }

    /** Once is enough: a full disk would fill the engine's own log next. */
    private void complain(String text) {
        if (!broken) {
            broken = true;
            problems.log(Level.WARNING, text);
        }
    }
}
