package dev.berth.linux;

import dev.berth.linux.asm.SystemCall;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor and the duty to close it. Closing is idempotent, so that two parties may hold it in
 * try-with-resources; a number is never closed twice.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = -1;
    private static final int F_DUPFD_CLOEXEC = 1030;
    /** Lower numbers are standard streams. */
    private static final int FIRST_INHERITED = 3;

    private final AtomicInteger number;

    public Fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
    }

    /**
     * The descriptor's number, for a call that is made at once.
     *
     * @throws IllegalStateException when it is closed
     */
    public int number() {
        int current = number.get();
        if (current == CLOSED) {
            throw new IllegalStateException("the file descriptor is closed");
        }
        return current;
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /** The path under which this process can reach what is open here, links in it not followed again. */
    public String procPath() {
        return "/proc/self/fd/" + number();
    }

    /** A second descriptor of what is open here (F_DUPFD_CLOEXEC); the caller closes it. */
    public Fd duplicate() {
        return duplicate(number());
    }

    /** A descriptor of what is open under another's, which stays that other's; the caller closes it. */
    public static Fd duplicate(int number) {
        return new Fd((int) Kernel.running()
                .call(SystemCall.FCNTL, "duplicate a file descriptor", number, F_DUPFD_CLOEXEC, FIRST_INHERITED));
    }

    @Override
    public void close() {
        int current = number.getAndSet(CLOSED);
        if (current != CLOSED) {
            // Linux frees the number whatever close(2) returns, so there is nothing to do about an error.
            Kernel.running().raw(SystemCall.CLOSE, current, 0);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}
