package dev.berth.level.os.process;

import dev.berth.level.ProcessOutput;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.event.EventLoop;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * What a process writes to one stream, on its way to the engine: by a {@link Spool} where an engine that comes later may
 * need it. Used on the event loop alone.
 */
final class OutputStream {
    private final EventLoop loop;
    private final Fd fd;
    private final ProcessOutput.Stream stream;
    private final ProcessOutput output;
    private final Optional<Spool> spool;
    private final boolean terminal;
    private final Runnable atEnd;
    private Optional<EventLoop.Registration> registration = Optional.empty();
    /** The place in the stream up to which it was given away. */
    private long given;
    /** How much less than that the engine knows of: what was lost with a full disk and an engine's death. */
    private long lost;

    private boolean paused;
    private boolean writerIsGone;
    private boolean ended;

    /**
     * Where a stream comes from.
     *
     * @param stream which it is
     * @param fd where it is read; taken over
     * @param terminal whether that is a terminal and not a pipe
     * @param spool what keeps it until the engine has; taken over
     * @param given the place in the stream from which on the engine wants it
     */
    record Source(ProcessOutput.Stream stream, Fd fd, boolean terminal, Optional<Spool> spool, long given) {}

    /** @param atEnd called when nothing more comes */
    OutputStream(EventLoop loop, Source source, ProcessOutput output, Runnable atEnd) {
        this.loop = loop;
        this.fd = source.fd();
        this.terminal = source.terminal();
        this.spool = source.spool();
        this.given = source.given();
        this.stream = source.stream();
        this.output = output;
        this.atEnd = atEnd;
    }

    boolean isAtEnd() {
        return ended;
    }

    ProcessOutput.Stream stream() {
        return stream;
    }

    /** Begins with what an engine before has left, if it has. */
    void begin() {
        while (!ended && !paused && hasSpooled()) {
            giveSpooled();
        }
        if (!ended && !paused) {
            registration = Optional.of(loop.register(fd, EventLoop.READABLE, events -> read()));
        }
    }

    /** The process has ended: what is in the pipe now is the rest. */
    void drain() {
        writerIsGone = true;
        while (!ended && !paused && read()) {}
    }

    void resume() {
        if (ended || !paused) {
            return;
        }
        paused = false;
        if (writerIsGone) {
            drain();
        } else {
            begin();
        }
    }

    /** The engine has kept what it was given up to a place, as it counts. */
    void kept(long place) {
        if (!ended) {
            spool.ifPresent(files -> files.kept(place + lost));
        }
    }

    /** Reads once; gives whether there may be more. */
    private boolean read() {
        if (hasSpooled()) {
            giveSpooled();
            return true;
        }
        MemorySegment buffer = loop.readBuffer();
        long count = spool.isPresent() && !terminal ? take(spool.get(), buffer) : receive(buffer);
        if (count > 0) {
            return true;
        }
        if (OsProcess.wouldBlock(count) && !writerIsGone || count == -Errno.EINTR.number()) {
            return !OsProcess.wouldBlock(count);
        }
        end(); // end of file, EIO from a terminal that nobody has open, or empty behind the process's end
        return false;
    }

    /** From the pipe into the spool, and from there; past it where it has no room. */
    private long take(Spool files, MemorySegment buffer) {
        long count = files.take(fd, buffer.byteSize());
        if (count > 0) {
            giveSpooled();
            return count;
        }
        return count == 0 || OsProcess.wouldBlock(count) || count == -Errno.EINTR.number() ? count : receive(buffer);
    }

    private long receive(MemorySegment buffer) {
        long count = Kernel.running().raw(SystemCall.READ, fd.number(), buffer.address(), buffer.byteSize(), 0);
        if (count > 0) {
            MemorySegment bytes = buffer.asSlice(0, count);
            spool.ifPresent(files -> {
                if (terminal) {
                    files.add(bytes);
                } else {
                    files.skip(count);
                }
            });
            give(bytes);
        }
        return count;
    }

    private boolean hasSpooled() {
        return spool.isPresent() && given < spool.get().end();
    }

    private void giveSpooled() {
        Spool files = spool.orElseThrow();
        MemorySegment buffer = loop.readBuffer();
        long count = files.read(given, buffer);
        if (count > 0) {
            give(buffer.asSlice(0, count));
        } else {
            long next = files.first(given + 1);
            lost += next - given;
            given = next;
        }
    }

    private void give(MemorySegment bytes) {
        given += bytes.byteSize();
        if (!output.data(stream, bytes.asByteBuffer())) {
            pause();
        }
    }

    /** A hang-up is told without being asked for, again and again: a paused stream must not be waited for at all. */
    private void pause() {
        paused = true;
        cancel();
    }

    private void cancel() {
        registration.ifPresent(EventLoop.Registration::cancel);
        registration = Optional.empty();
    }

    /** Nothing more is given away. */
    void end() {
        if (!ended) {
            leave();
            output.end(stream);
            atEnd.run();
        }
    }

    /** Nothing more is given away, and nobody is told so. */
    void leave() {
        if (!ended) {
            cancel();
            fd.close();
            spool.ifPresent(Spool::close);
            ended = true;
        }
    }
}
