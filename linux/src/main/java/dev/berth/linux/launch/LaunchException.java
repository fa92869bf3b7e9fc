package dev.berth.linux.launch;

import dev.berth.linux.Errno;
import java.io.Serial;

/** A step of a program failed in the child, which is gone. The message names the step and the reason. */
public final class LaunchException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Step step;
    private final int errno;

    LaunchException(Step step, int errno) {
        super(errno == 0 ? step.description() : step.description() + ": " + Errno.explain(errno));
        this.step = step;
        this.errno = errno;
    }

    /** The step that failed; its program may be closed already. */
    public Step step() {
        return step;
    }

    /** Why; 0 where the program came to its {@link Program#stop}. */
    public int errno() {
        return errno;
    }

    public boolean is(Errno which) {
        return which.is(errno);
    }
}
