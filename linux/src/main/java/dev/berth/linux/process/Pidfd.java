package dev.berth.linux.process;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that can't be mistaken for another, whatever becomes of its number. Closing it does not end the process. */
public final class Pidfd implements AutoCloseable {
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    /** Children made by clone with another exit signal than SIGCHLD count too. */
    private static final int WALL = 0x40000000;

    private static final int CLD_EXITED = 1;
    /** {@code siginfo_t}: si_code and, for SIGCHLD, si_status (sigaction(2)). */
    private static final int SIGINFO_SIZE = 128;

    private static final int SI_PID = 16;
    private static final int SI_CODE = 8;
    private static final int SI_STATUS = 24;

    private final int pid;
    private final Fd fd;

    /** Takes over the descriptor. */
    public Pidfd(int pid, Fd fd) {
        this.pid = pid;
        this.fd = fd;
    }

    /**
     * Opens a process by its number.
     *
     * @throws LinuxException with ESRCH where there is none
     */
    public static Pidfd open(int pid) {
        long fd = Kernel.running().call(SystemCall.PIDFD_OPEN, "open process " + pid, pid, 0);
        return new Pidfd(pid, new Fd((int) fd));
    }

    /**
     * The number of the process that a pidfd is of, as its fdinfo tells it (pidfd_open(2)); 0 where it has ended and been
     * waited for.
     */
    public static int numberOf(Fd pidfd) {
        try (var lines = Files.lines(Path.of("/proc/self/fdinfo/" + pidfd.number()))) {
            return lines.filter(line -> line.startsWith("Pid:"))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring("Pid:".length()).strip()))
                    .map(number -> Math.max(0, number))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read which process a descriptor is of: " + e.getMessage(), e);
        }
    }

    /** Its number in our PID namespace. */
    public int pid() {
        return pid;
    }

    /** Readable when the process has ended. Belongs to this object. */
    public Fd fd() {
        return fd;
    }

    /** Waits for the end of this child of ours, takes away what is left of it, and tells how it ended. */
    public ExitStatus waitFor() {
        return reap(0);
    }

    /** Like {@link #waitFor} where the child is known to have ended; fails with EAGAIN where it has not. */
    public ExitStatus reapNow() {
        return reap(WNOHANG);
    }

    private ExitStatus reap(int options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
            String doing = "wait for process " + pid;
            Kernel.running()
                    .call(SystemCall.WAITID, doing, P_PIDFD, fd.number(), info.address(), WEXITED | WALL | options, 0);
            if (info.get(ValueLayout.JAVA_INT, SI_PID) == 0) {
                throw new LinuxException(SystemCall.WAITID, Errno.EAGAIN.number(), doing);
            }
            int status = info.get(ValueLayout.JAVA_INT, SI_STATUS);
            return info.get(ValueLayout.JAVA_INT, SI_CODE) == CLD_EXITED
                    ? new ExitStatus.Code(status)
                    : new ExitStatus.Signal(status);
        }
    }

    /** Sends a signal; false when the process has ended. */
    public boolean signal(int signal) {
        long result = Kernel.running().raw(SystemCall.PIDFD_SEND_SIGNAL, fd.number(), signal);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        if (result < 0) {
            throw new LinuxException(
                    SystemCall.PIDFD_SEND_SIGNAL, (int) -result, "send signal " + signal + " to process " + pid);
        }
        return true;
    }

    /**
     * A copy of one of the process's descriptors: the same open file (pidfd_getfd(2)). The caller closes it.
     *
     * @throws LinuxException with EBADF where it has none of this number, EPERM where we may not trace it
     */
    public Fd descriptor(int number) {
        long copy = Kernel.running()
                .call(
                        SystemCall.PIDFD_GETFD,
                        "take descriptor " + number + " of process " + pid,
                        fd.number(),
                        number,
                        0);
        return new Fd((int) copy);
    }

    @Override
    public void close() {
        fd.close();
    }
}
