package dev.berth.linux.launch;

import dev.berth.linux.Fd;
import dev.berth.linux.process.Pidfd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A child that a program's child makes, while its program is there. */
public final class Grandchild {
    private final Step step;
    private final MemorySegment pidfd;

    Grandchild(Step step, MemorySegment pidfd) {
        this.step = step;
        this.pidfd = pidfd;
    }

    /** The step that makes it. */
    public Step step() {
        return step;
    }

    /** Its pidfd, for a later step of its maker's. */
    public Operand descriptor() {
        return new Operand.At(pidfd.address());
    }

    /**
     * The process, once the program has been launched with {@link Launcher.Options#sharedFiles}; empty where it was not
     * made. The caller owns it, and is not its parent.
     */
    public Optional<Pidfd> process() {
        int descriptor = pidfd.get(ValueLayout.JAVA_INT, 0);
        return descriptor == 0 ? Optional.empty() : Optional.of(new Pidfd((int) step.returned(), new Fd(descriptor)));
    }
}
