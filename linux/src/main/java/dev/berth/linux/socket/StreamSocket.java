package dev.berth.linux.socket;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/**
 * A connected socket of somebody else's, read by the thread that wants the bytes (recv(2), poll(2)). It is a second
 * descriptor, which the caller closes; the owner's stays as it is. While both read, nobody knows who gets what.
 */
public final class StreamSocket implements AutoCloseable {
    /** That nothing can be received now, but something may come. */
    public static final int NOTHING_YET = -1;

    private static final int MSG_DONTWAIT = 0x40;
    private static final short POLLIN = 1;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_AT = 4;
    private static final int TIMESPEC_BYTES = 16;

    private final Fd fd;

    private StreamSocket(Fd fd) {
        this.fd = fd;
    }

    /**
     * Over a descriptor that another object owns and keeps open during this call.
     *
     * @throws IOException when no more files can be opened
     */
    public static StreamSocket duplicate(int number) throws IOException {
        try {
            return new StreamSocket(Fd.duplicate(number));
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Takes what has come, without waiting.
     *
     * @return bytes; 0 when the other end has closed its side; {@link #NOTHING_YET}
     * @throws IOException when the connection broke
     */
    public int receive(MemorySegment into) throws IOException {
        long count;
        do {
            count = Kernel.running()
                    .raw(SystemCall.RECVFROM, fd.number(), into.address(), into.byteSize(), MSG_DONTWAIT, 0, 0);
        } while (Errno.EINTR.is((int) -count));
        if (count >= 0) {
            return (int) count;
        } else if (Errno.EAGAIN.is((int) -count)) {
            return NOTHING_YET;
        }
        throw new IOException("receive: " + Errno.explain((int) -count));
    }

    /** Waits until there is something to receive, an end or an error included, or the time is over. Blocks its thread. */
    public void await(Duration longest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(POLLFD_BYTES, 4);
            poll.set(ValueLayout.JAVA_INT, 0, fd.number());
            poll.set(ValueLayout.JAVA_SHORT, EVENTS_AT, POLLIN);
            MemorySegment time = arena.allocate(TIMESPEC_BYTES, 8);
            time.set(ValueLayout.JAVA_LONG, 0, longest.toSeconds());
            time.set(ValueLayout.JAVA_LONG, 8, longest.toNanosPart());
            Kernel.running().raw(SystemCall.PPOLL, poll.address(), 1, time.address(), 0, 0, 0);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
