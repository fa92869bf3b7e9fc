package dev.berth.linux.cgroup;

import java.io.Serial;

/** A control group could not be had as asked. The message is one line: what was being done, to what, and why it failed. */
public final class CgroupException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public CgroupException(String message) {
        super(message);
    }

    public CgroupException(String message, Throwable cause) {
        super(message, cause);
    }
}
