package dev.berth.linux.process;

import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How many files this process may have open (RLIMIT_NOFILE of prlimit(2)). */
public final class OpenFiles {
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIMIT_SIZE = 16;

    private OpenFiles() {}

    /**
     * Raises the limit as far as it may be without privilege.
     *
     * @return what it is now
     */
    public static long raise() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(RLIMIT_SIZE, 8);
            Kernel.running()
                    .call(SystemCall.PRLIMIT64, "ask how many files may be open", 0, RLIMIT_NOFILE, 0, limit.address());
            long soft = limit.get(ValueLayout.JAVA_LONG, 0);
            long hard = limit.get(ValueLayout.JAVA_LONG, 8);
            if (soft != hard) {
                limit.set(ValueLayout.JAVA_LONG, 0, hard);
                Kernel.running()
                        .call(SystemCall.PRLIMIT64, "let more files be open", 0, RLIMIT_NOFILE, limit.address(), 0);
            }
            return hard < 0 ? Long.MAX_VALUE : hard; // all bits set is unlimited
        }
    }
}
