package dev.berth.linux.socket;

import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What was written to a socket and is still in the kernel (unix(7), SIOCOUTQ). */
public final class SendQueue {
    private static final int SIOCOUTQ = 0x5411;

    private SendQueue() {}

    /**
     * Whether the other end of a Unix socket has yet to read something that was written to this one.
     *
     * @param socket its number; of what is no open socket the answer is false
     */
    public static boolean holdsUnread(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_INT);
            long result = Kernel.running().raw(SystemCall.IOCTL, socket, SIOCOUTQ, bytes.address(), 0);
            return result == 0 && bytes.get(ValueLayout.JAVA_INT, 0) > 0;
        }
    }
}
