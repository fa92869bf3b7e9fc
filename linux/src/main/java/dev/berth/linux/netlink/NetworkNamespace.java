package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.OwnThread;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.file.Open;
import dev.berth.linux.process.Pidfd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * A network namespace, held by a descriptor (network_namespaces(7)). Nothing is mounted for it: it ends with its last
 * process, socket or descriptor. Closing this closes the descriptor.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int NS_GET_NSTYPE = 0xb703;
    private static final int NS_GET_USERNS = 0xB701;
    private static final int AT_FDCWD = -100;
    /** Of the calling thread; {@code self} would be the process's first. */
    private static final String OWN = "/proc/thread-self/ns/net";

    private static final String THREAD = "berth-netns";

    private final Fd fd;
    private final String name;

    private NetworkNamespace(Fd fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /** Makes one that has nothing but a loopback interface, which is down. */
    public static NetworkNamespace create() {
        return OwnThread.call(THREAD, () -> {
            Kernel.running().call(SystemCall.UNSHARE, "make a network namespace", CLONE_NEWNET);
            return open(OWN, "a new network namespace");
        });
    }

    /** That of the calling thread: the host's, unless it has entered another. */
    public static NetworkNamespace current() {
        return open(OWN, "the network namespace that we are in");
    }

    /**
     * Opens what a path leads to: {@code /proc/<pid>/ns/net}, {@code /proc/<pid>/fd/<n>}, {@code /run/netns/<name>}.
     *
     * @throws LinuxException where there is nothing, or something else than a network namespace
     */
    public static NetworkNamespace open(String path) {
        NetworkNamespace opened = open(path, "network namespace " + path);
        if (Kernel.running().raw(SystemCall.IOCTL, opened.fd.number(), NS_GET_NSTYPE) != CLONE_NEWNET) {
            opened.close();
            throw new LinuxException(
                    SystemCall.OPENAT, Errno.EINVAL.number(), "open " + path, "it is not a network namespace");
        }
        return opened;
    }

    /** Opens that of a process. */
    public static NetworkNamespace of(Pidfd process) {
        NetworkNamespace opened =
                open("/proc/" + process.pid() + "/ns/net", "network namespace of process " + process.pid());
        if (!process.signal(0)) { // the number may have been another's by then
            opened.close();
            throw new LinuxException(
                    SystemCall.OPENAT, Errno.ESRCH.number(), "open the network namespace of process " + process.pid());
        }
        return opened;
    }

    private static NetworkNamespace open(String path, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long fd = Kernel.running()
                    .call(
                            SystemCall.OPENAT,
                            "open " + name,
                            AT_FDCWD,
                            arena.allocateFrom(path).address(),
                            Open.READ | Open.CLOEXEC);
            return new NetworkNamespace(new Fd((int) fd), name);
        }
    }

    /** Its descriptor, which stays this object's. */
    public Fd fd() {
        return fd;
    }

    /** The path by which other processes of the host can open it, while this is open. */
    public String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd.number();
    }

    /** Whether it belongs to the user namespace that this process is in, whose root may change it. */
    public boolean isOurs() {
        long owner = Kernel.running().raw(SystemCall.IOCTL, fd.number(), NS_GET_USERNS);
        if (owner < 0) {
            return false; // an outer one's, which is not shown
        }
        try (Fd user = new Fd((int) owner)) {
            return Files.readSymbolicLink(Path.of(user.procPath()))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell whose " + name + " is: " + e.getMessage(), e);
        }
    }

    /** A second object for the same namespace; the caller closes it. */
    public NetworkNamespace duplicate() {
        return new NetworkNamespace(fd.duplicate(), name);
    }

    /**
     * Does something within it: sockets that are opened and files of {@code /proc/sys/net} are its own. It is done on a
     * thread of its own, a platform thread that ends with it, so that no other work can find itself in there.
     *
     * @throws LinuxException where it cannot be entered; what the work throws is thrown here, an
     *     IOException unchecked
     */
    public <T> T call(Callable<T> work) {
        return OwnThread.call(THREAD, () -> {
            Kernel.running().call(SystemCall.SETNS, "enter " + name, fd.number(), CLONE_NEWNET);
            return work.call();
        });
    }

    /** As {@link #call}, for work without a result. */
    public void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
