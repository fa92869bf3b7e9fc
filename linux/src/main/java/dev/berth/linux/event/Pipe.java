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

    @Override
    public void close() {
        output.close();
        input.close();
    }
}
