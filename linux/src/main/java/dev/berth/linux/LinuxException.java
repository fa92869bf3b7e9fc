package dev.berth.linux;

import dev.berth.linux.asm.SystemCall;
import java.io.Serial;
import java.util.Locale;

/** The kernel refused a system call. The message says what was being done and why it failed, in one line. */
public final class LinuxException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final SystemCall call;
    private final int errno;
    private final String doing;

    /** @param doing what was being done, to what: {@code mount overlay on /…} */
    public LinuxException(SystemCall call, int errno, String doing) {
        this(call, errno, doing, "");
    }

    /** @param detail what the kernel said beyond the number; may be blank */
    public LinuxException(SystemCall call, int errno, String doing, String detail) {
        super(doing + ": " + Errno.explain(errno) + (detail.isBlank() ? "" : ": " + detail.strip()));
        this.call = call;
        this.errno = errno;
        this.doing = doing;
    }

    /** The system call's name as in section 2 of the manual. */
    public String syscall() {
        return call.name().toLowerCase(Locale.ROOT);
    }

    public int errno() {
        return errno;
    }

    public boolean is(Errno which) {
        return which.is(errno);
    }

    /** What was being done, without the reason. */
    public String doing() {
        return doing;
    }

    /** The reason alone, in the C library's words: {@code permission denied}. */
    public String reason() {
        for (Errno known : Errno.values()) {
            if (known.is(errno)) {
                return known.sentence();
            }
        }
        return Errno.explain(errno);
    }
}
