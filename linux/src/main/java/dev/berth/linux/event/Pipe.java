package dev.berth.linux.event;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.file.Open;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A pipe (pipe(7)); both ends are closed on exec. Closing this closes both.
 *
 * @param output the end to read from
 * @param input the end to write to
 */
public record Pipe(Fd output, Fd input) implements AutoCloseable {
    private static final int F_SETFL = 4;
    private static final int SPLICE_F_MOVE = 1;
    private static final int SPLICE_F_NONBLOCK = 2;

    /** Makes one whose ends block. */
    public static Pipe open() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 8);
            Kernel.running().call(SystemCall.PIPE2, "make a pipe", ends.address(), Open.CLOEXEC);
            return new Pipe(new Fd(ends.get(ValueLayout.JAVA_INT, 0)), new Fd(ends.get(ValueLayout.JAVA_INT, 4)));
        }
    }

    /** Lets reads and writes of this end fail with EAGAIN rather than wait. The other end is not touched. */
    public static void unblock(Fd end) {
        Kernel.running()
                .call(
                        SystemCall.FCNTL,
                        "make a pipe's end non-blocking",
                        end.number(),
                        F_SETFL,
                        Open.READ_WRITE | Open.NON_BLOCKING);
    }

    /**
     * Moves bytes that can be read elsewhere into the pipe, without copying them where the kernel can (splice(2)). Does
     * not wait, if the source does not.
     *
     * @return how many; 0 at the source's end; a negated error number, EAGAIN where there is nothing to move or no room
     */
    public long fill(Fd source, long bytesMax) {
        return splice(source, input, bytesMax);
    }

    /** Moves bytes from the pipe elsewhere, as {@link #fill} does into it. */
    public long drain(Fd sink, long bytesMax) {
        return splice(output, sink, bytesMax);
    }

    private static long splice(Fd from, Fd to, long bytesMax) {
        return Kernel.running()
                .raw(SystemCall.SPLICE, from.number(), 0, to.number(), 0, bytesMax, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    }

    @Override
    public void close() {
        output.close();
        input.close();
    }
}
