package dev.berth.level.os.process;

import dev.berth.level.ProcessOutput;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.event.EventLoop;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** What a process writes to one stream, on its way to the engine. Used on the event loop alone. */
final class OutputStream {
    private final EventLoop loop;
    private final Fd fd;
    private final ProcessOutput.Stream stream;
    private final ProcessOutput output;
    private final Runnable atEnd;
    private Optional<EventLoop.Registration> registration = Optional.empty();
    private boolean paused;
    private boolean writerIsGone;
    private boolean ended;

    /**
     * Takes over the descriptor.
     *
     * @param atEnd called when nothing more comes
     */
    OutputStream(EventLoop loop, Fd fd, ProcessOutput.Stream stream, ProcessOutput output, Runnable atEnd) {
        this.loop = loop;
        this.fd = fd;
        this.stream = stream;
        this.output = output;
        this.atEnd = atEnd;
    }

    boolean isAtEnd() {
        return ended;
    }

    void begin() {
        registration = Optional.of(loop.register(fd, EventLoop.READABLE, events -> read()));
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

    /** Reads once; gives whether there may be more. */
    private boolean read() {
        MemorySegment buffer = loop.readBuffer();
        long count = Kernel.running().raw(SystemCall.READ, fd.number(), buffer.address(), buffer.byteSize(), 0);
        if (count > 0) {
            if (!output.data(stream, buffer.asSlice(0, count).asByteBuffer())) {
                pause();
            }
            return true;
        }
        if (OsProcess.wouldBlock(count) && !writerIsGone || count == -Errno.EINTR.number()) {
            return !OsProcess.wouldBlock(count);
        }
        end(); // end of file, EIO from a terminal that nobody has open, or empty behind the process's end
        return false;
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
            cancel();
            fd.close();
            ended = true;
            output.end(stream);
            atEnd.run();
        }
    }
}
