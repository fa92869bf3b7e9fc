package dev.berth.linux.terminal;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.file.DetachedMount;
import dev.berth.linux.file.Open;
import dev.berth.linux.namespace.UserNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system of pseudo-terminals of its own, mounted nowhere yet (fsmount(2)). A child moves it to its {@code
 * /dev/pts}; terminals are opened here without entering the child's namespace, whatever the child makes of its tree.
 * Closing it lets go of the mount; where a child has moved it, it stays there.
 */
public final class DevPts implements AutoCloseable {
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int TIOCGPTN = 0x80045430;
    /** The group {@code tty} of every distribution. */
    private static final int TTY_GROUP = 5;

    private final Fd mount;

    /** Takes over the mount of an instance made before, by an engine that ran before, say. */
    public DevPts(Fd mount) {
        this.mount = mount;
    }

    /** Makes a new instance with the options that Docker gives it. */
    public DevPts() {
        mount = DetachedMount.make(
                "devpts",
                "devpts",
                options(),
                DetachedMount.NOSUID | DetachedMount.NOEXEC,
                "make a container's terminals (devpts)");
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of("mode=0620", "ptmxmode=0666", "newinstance"));
        if (UserNamespace.own().hasGroup(TTY_GROUP)) {
            options.add("gid=" + TTY_GROUP);
        }
        return options;
    }

    /** The mount, for move_mount(2). Belongs to this object. */
    public Fd mount() {
        return mount;
    }

    /** Opens a new terminal. The caller closes it. */
    public PseudoTerminal openTerminal() {
        Kernel kernel = Kernel.running();
        try (Arena arena = Arena.ofConfined()) {
            int flags = Open.READ_WRITE | Open.NO_TERMINAL | Open.CLOEXEC;
            Fd master = new Fd((int) kernel.call(
                    SystemCall.OPENAT,
                    "open a pseudo-terminal",
                    mount.number(),
                    arena.allocateFrom("ptmx").address(),
                    flags | Open.NON_BLOCKING));
            try {
                MemorySegment number = arena.allocate(8, 8);
                kernel.call(
                        SystemCall.IOCTL, "unlock a pseudo-terminal", master.number(), TIOCSPTLCK, number.address());
                kernel.call(SystemCall.IOCTL, "number a pseudo-terminal", master.number(), TIOCGPTN, number.address());
                Fd terminal = new Fd((int) kernel.call(
                        SystemCall.IOCTL,
                        "open the other side of a pseudo-terminal",
                        master.number(),
                        TIOCGPTPEER,
                        flags));
                return new PseudoTerminal(master, terminal, number.get(ValueLayout.JAVA_INT, 0));
            } catch (RuntimeException e) {
                master.close();
                throw e;
            }
        }
    }

    @Override
    public void close() {
        mount.close();
    }
}
