package dev.berth.linux.launch;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.Open;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * Adds system calls to a {@link Program} by what they do. A method returns its step, whose result later ones may take:
 * a descriptor, where it opens something. Descriptors need no closing: what the child opens here is closed by its exec.
 */
public final class Calls {
    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_REMOUNT = 32;
    public static final long MS_NOATIME = 1024;
    public static final long MS_NODIRATIME = 2048;
    public static final long MS_BIND = 4096;
    public static final long MS_REC = 16384;
    public static final long MS_PRIVATE = 1 << 18;
    public static final long MS_SLAVE = 1 << 19;
    public static final long MS_SHARED = 1 << 20;
    public static final long MS_RELATIME = 1 << 21;
    public static final long MS_STRICTATIME = 1 << 24;

    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int MOVE_MOUNT_EMPTY_PATHS = 0x4 | 0x40;
    private static final int RESOLVE_IN_ROOT_NO_MAGIC = 0x10 | 0x02;
    private static final int RESOLVE_BENEATH_NO_MAGIC = 0x08 | 0x02;
    private static final int MNT_DETACH = 2;
    private static final int SIG_SETMASK = 2;
    private static final int LAST_CLASSIC_SIGNAL = 31;
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int F_SETFD = 2;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SIGCHLD = 17;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;
    private static final int TIOCSCTTY = 0x540E;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final short IFF_UP_RUNNING = 0x41;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_FLAGS = 16;

    private final Program program;

    public Calls(Program program) {
        this.program = program;
    }

    /** A step that does nothing and cannot fail: somewhere to go on an error. */
    public Step nothing() {
        return program.call(SystemCall.GETPID, () -> "do nothing", new long[0]);
    }

    /** A step that always fails and does nothing: where it goes {@link Step#onErrorGoTo} tells. */
    public Step jump() {
        return program.call(SystemCall.CLOSE, () -> "jump", -1);
    }

    // Files

    /** Opens a path of the namespace in which the child then is. */
    public Step open(String path, int flags) {
        return program.call(
                SystemCall.OPENAT, () -> "open " + path, AT_FDCWD, program.string(path), flags | Open.CLOEXEC, 0);
    }

    /** Opens what a path shows when the directory is the root: no link leads out of it. */
    public Step openInRoot(Operand root, String path, int flags) {
        return open(root, path, flags, RESOLVE_IN_ROOT_NO_MAGIC, () -> "open " + path + " in the container's root");
    }

    /** Opens what a relative path leads to from a directory, links included; one that leads out of it fails. */
    public Step openBeneath(Operand directory, String path, int flags, Step.Description what) {
        return open(directory, path, flags, RESOLVE_BENEATH_NO_MAGIC, what);
    }

    private Step open(Operand directory, String path, int flags, long resolve, Step.Description what) {
        MemorySegment how = program.allocate(24);
        how.set(ValueLayout.JAVA_LONG, 0, flags | Open.CLOEXEC);
        how.set(ValueLayout.JAVA_LONG, 16, resolve);
        return program.call(
                SystemCall.OPENAT2,
                what,
                directory,
                Operand.of(program.string(path)),
                Operand.of(how.address()),
                Operand.of(24));
    }

    /** Makes a directory in a directory; it may exist. The name is one component. */
    public Step makeDirectory(Operand parent, String name, int mode) {
        return program.call(
                        SystemCall.MKDIRAT,
                        () -> "make directory " + name + " in the container's root",
                        parent,
                        Operand.of(program.string(name)),
                        Operand.of(mode))
                .tolerating(Errno.EEXIST);
    }

    /** Makes a node in a directory, a regular file too; it may exist. */
    public Step makeNode(Operand parent, String name, int mode, int major, int minor) {
        return program.call(
                        SystemCall.MKNODAT,
                        () -> "make node " + name + " in the container's root",
                        parent,
                        Operand.of(program.string(name)),
                        Operand.of(mode),
                        Operand.of(Directory.deviceNumber(major, minor)))
                .tolerating(Errno.EEXIST);
    }

    public Step changeOwnerOf(Operand parent, String name, int uid, int gid) {
        return program.call(
                SystemCall.FCHOWNAT,
                () -> "change owner of " + name,
                parent,
                Operand.of(program.string(name)),
                Operand.of(uid),
                Operand.of(gid),
                Operand.of(0x100));
    }

    public Step makeSymlink(String target, Operand parent, String name) {
        return program.call(
                        SystemCall.SYMLINKAT,
                        () -> "make symbolic link " + name,
                        Operand.of(program.string(target)),
                        parent,
                        Operand.of(program.string(name)))
                .tolerating(Errno.EEXIST);
    }

    public Step changeOwner(Operand file, int uid, int gid) {
        return program.call(
                SystemCall.FCHOWN, () -> "change owner of a stream", file, Operand.of(uid), Operand.of(gid));
    }

    /** The child's own process id. */
    public Step processId() {
        return program.call(SystemCall.GETPID, () -> "ask for the process id", new long[0]);
    }

    /** Writes a step's result, 64 bits in the machine's order. */
    public Step writeResult(Operand file, Step of, Step.Description what) {
        return program.call(
                SystemCall.WRITE, what, file, Operand.of(of.address() + Layout.RECORD_RESULT), Operand.of(Long.BYTES));
    }

    public Step write(Operand file, String text, Step.Description what) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return program.call(
                SystemCall.WRITE,
                what,
                file,
                Operand.of(program.bytes(bytes, bytes.length + 1).address()),
                Operand.of(bytes.length));
    }

    /** A duplicate that is closed on exec, of a number not below this one. */
    public Step duplicateAbove(int lowest, Operand from) {
        return program.call(
                SystemCall.FCNTL,
                () -> "duplicate a descriptor",
                from,
                Operand.of(F_DUPFD_CLOEXEC),
                Operand.of(lowest));
    }

    public Step duplicate(Operand from, int to) {
        return program.call(SystemCall.DUP3, () -> "make descriptor " + to, from, Operand.of(to), Operand.of(0));
    }

    public Step umask(int mask) {
        return program.call(SystemCall.UMASK, () -> "set the file creation mask", mask);
    }

    public Step changeDirectory(Operand directory) {
        return program.call(SystemCall.FCHDIR, () -> "change the working directory", directory);
    }

    public Step changeDirectory(String path, Step.Description what) {
        return program.call(SystemCall.CHDIR, what, program.string(path));
    }

    // Mounts

    /** Mounts on a path. */
    public Step mount(String source, String target, String type, long flags, String data) {
        return program.call(
                SystemCall.MOUNT,
                () -> "mount " + (type.isEmpty() ? source : type) + " on " + target,
                program.string(source),
                program.string(target),
                program.string(type),
                flags,
                data.isEmpty() ? 0 : program.string(data));
    }

    /** A copy of the mount, or of the part of it, that a path shows; mounted nowhere. */
    public Step cloneTree(String path, boolean recursive) {
        return program.call(
                SystemCall.OPEN_TREE,
                () -> "open " + path + " to mount it",
                AT_FDCWD,
                program.string(path),
                OPEN_TREE_CLONE | Open.CLOEXEC | (recursive ? AT_RECURSIVE : 0));
    }

    /** Likewise of what is open. */
    public Step cloneTree(Operand open, boolean recursive, Step.Description what) {
        return program.call(
                SystemCall.OPEN_TREE,
                what,
                open,
                Operand.of(program.string("")),
                Operand.of(OPEN_TREE_CLONE | Open.CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)));
    }

    /** Moves a mount that is mounted nowhere onto what is open. */
    public Step moveMount(Operand tree, Operand target, Step.Description what) {
        long empty = program.string("");
        return program.call(
                SystemCall.MOVE_MOUNT,
                what,
                tree,
                Operand.of(empty),
                target,
                Operand.of(empty),
                Operand.of(MOVE_MOUNT_EMPTY_PATHS));
    }

    /**
     * Changes a mount's attributes (mount_setattr(2)).
     *
     * @param set {@code MOUNT_ATTR_…} to set, which have the values of the first {@code MS_…} flags
     * @param propagation an {@code MS_…} flag, or 0 to leave it
     */
    public Step setMountAttributes(Operand tree, long set, long propagation, boolean recursive, Step.Description what) {
        MemorySegment attributes = program.allocate(32);
        attributes.set(ValueLayout.JAVA_LONG, 0, set);
        attributes.set(ValueLayout.JAVA_LONG, 16, propagation);
        return program.call(
                SystemCall.MOUNT_SETATTR,
                what,
                tree,
                Operand.of(program.string("")),
                Operand.of(AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)),
                Operand.of(attributes.address()),
                Operand.of(32));
    }

    /** Makes the current directory, a mount's root, the root of everything; the old one is gone (pivot_root(2)). */
    public void pivotRootHere() {
        long here = program.string(".");
        program.call(SystemCall.PIVOT_ROOT, () -> "make the container's root the root", here, here);
        program.call(SystemCall.UMOUNT2, () -> "let go of the host's root", here, MNT_DETACH);
        program.call(SystemCall.CHDIR, () -> "change to the new root", program.string("/"));
    }

    // Namespaces

    public Step enterNamespace(Operand namespace, long kind, Step.Description what) {
        return program.call(SystemCall.SETNS, what, namespace, Operand.of(kind));
    }

    public Step unshare(long kind, Step.Description what) {
        return program.call(SystemCall.UNSHARE, what, kind);
    }

    public Step setHostName(String name) {
        return program.call(
                SystemCall.SETHOSTNAME, () -> "set the host name to " + name, program.string(name), name.length());
    }

    public Step setDomainName(String name) {
        return program.call(
                SystemCall.SETDOMAINNAME, () -> "set the domain name to " + name, program.string(name), name.length());
    }

    /** Brings the loopback interface of the network namespace up. */
    public void loopbackUp() {
        Step socket = program.call(
                SystemCall.SOCKET, () -> "open a socket to bring the loopback up", AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        MemorySegment request = program.allocate(IFREQ_SIZE);
        request.setString(0, "lo");
        request.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS, IFF_UP_RUNNING);
        program.call(
                SystemCall.IOCTL,
                () -> "bring the loopback up",
                socket.result(),
                Operand.of(SIOCSIFFLAGS),
                Operand.of(request.address()));
    }

    // The process

    /** Its own session, and the terminal on descriptor 0 as its controlling one where asked. */
    public void newSession(boolean controllingTerminal) {
        program.call(SystemCall.SETSID, () -> "start a session", new long[0]);
        if (controllingTerminal) {
            program.call(SystemCall.IOCTL, () -> "take the terminal", 0, TIOCSCTTY, 0);
        }
    }

    /** setrlimit(2); -1 is unlimited. */
    public Step limit(int resource, long soft, long hard, Step.Description what) {
        MemorySegment limit = program.allocate(16);
        limit.set(ValueLayout.JAVA_LONG, 0, soft);
        limit.set(ValueLayout.JAVA_LONG, 8, hard);
        return program.call(SystemCall.PRLIMIT64, what, 0, resource, limit.address(), 0);
    }

    /**
     * Signals are at their defaults and none is blocked, whatever the JVM was started with. The clone has reset those
     * that the JVM handles (CLONE_CLEAR_SIGHAND); those it was started to ignore are left. Real-time signals stay as they are, as with runc.
     *
     * @param ignored the signals this process ignores, bit n-1 being signal n ({@code SigIgn} of proc_pid_status(5))
     */
    public void resetSignals(long ignored) {
        long defaultAction = program.allocate(32).address();
        for (int signal = 1; signal <= LAST_CLASSIC_SIGNAL; signal++) {
            if ((ignored & 1L << (signal - 1)) != 0) {
                program.call(SystemCall.RT_SIGACTION, () -> "reset a signal", signal, defaultAction, 0, 8);
            }
        }
        program.call(
                SystemCall.RT_SIGPROCMASK,
                () -> "unblock all signals",
                SIG_SETMASK,
                program.allocate(8).address(),
                0,
                8);
    }

    /** Has every descriptor from this one on closed by the exec. */
    public Step closeOnExecFrom(int first) {
        return program.call(
                        SystemCall.CLOSE_RANGE,
                        () -> "close descriptors on exec",
                        first,
                        0xFFFFFFFFL,
                        CLOSE_RANGE_CLOEXEC)
                .bestEffort();
    }

    /** As {@link #closeOnExecFrom}, in a table of descriptors of the child's own from then on. */
    public Step partWithDescriptorsFrom(int first) {
        return program.call(
                SystemCall.CLOSE_RANGE,
                () -> "have descriptors of its own",
                first,
                0xFFFFFFFFL,
                CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC);
    }

    /** Has a descriptor outlast the exec. */
    public Step keepOnExec(int descriptor) {
        return program.call(SystemCall.FCNTL, () -> "keep descriptor " + descriptor + " open", descriptor, F_SETFD, 0);
    }

    /**
     * Has the child make a child of its own, which takes the steps that follow; for itself, {@link Step#makerGoesTo}
     * says where it goes on once that has executed its program or has failed.
     *
     * @param namespaces the {@link CloneFlags} of new namespaces
     * @param cgroup as in {@link Launcher.Options}
     */
    public Grandchild makeChild(long namespaces, Optional<Fd> cgroup) {
        MemorySegment arguments = program.allocate(Layout.CLONE_ARGS_SIZE);
        MemorySegment pidfd = program.allocate(Long.BYTES);
        long flags = namespaces
                | CloneFlags.VM
                | CloneFlags.VFORK
                | CloneFlags.PIDFD
                | CloneFlags.CLEAR_SIGHAND
                | (cgroup.isPresent() ? CloneFlags.INTO_CGROUP : 0);
        arguments.set(ValueLayout.JAVA_LONG, Layout.CLONE_FLAGS, flags);
        arguments.set(ValueLayout.JAVA_LONG, Layout.CLONE_PIDFD, pidfd.address());
        arguments.set(ValueLayout.JAVA_LONG, Layout.CLONE_EXIT_SIGNAL, SIGCHLD);
        arguments.set(
                ValueLayout.JAVA_LONG,
                Layout.CLONE_CGROUP,
                cgroup.map(Fd::number).orElse(0));
        Step step = program.call(
                SystemCall.CLONE3,
                () -> "clone a process with namespaces of its own",
                arguments.address(),
                Layout.CLONE_ARGS_SIZE);
        return new Grandchild(step, pidfd);
    }

    /** Takes away for good what is not in the mask, bit n being capability n (capabilities(7), bounding set). */
    public void boundCapabilities(long mask, int last) {
        for (int capability = 0; capability <= last; capability++) {
            if ((mask & 1L << capability) == 0) {
                int number = capability;
                program.call(SystemCall.PRCTL, () -> "drop capability " + number, PR_CAPBSET_DROP, capability, 0, 0, 0);
            }
        }
    }

    /** Whether capabilities outlast the change to another user. */
    public Step keepCapabilities(boolean keep) {
        return program.call(
                SystemCall.PRCTL, () -> "keep capabilities over the change of user", PR_SET_KEEPCAPS, keep ? 1 : 0);
    }

    /**
     * Makes a user namespace in which the one user and group that this one's root is have these numbers. What is there
     * already, mounts say, stays the namespace's that it is now.
     */
    public void becomeOnly(int uid, int gid) {
        unshare(CloneFlags.NEW_USER, () -> "make a user namespace for user " + uid);
        Step users = open("/proc/self/uid_map", Open.WRITE);
        write(users.result(), uid + " 0 1", () -> "have root be user " + uid);
        Step groups = open("/proc/self/gid_map", Open.WRITE);
        write(groups.result(), gid + " 0 1", () -> "have root's group be group " + gid);
    }

    public void setGroups(List<Integer> groups) {
        MemorySegment list = program.allocate(Math.max(4, 4L * groups.size()));
        for (int i = 0; i < groups.size(); i++) {
            list.setAtIndex(ValueLayout.JAVA_INT, i, groups.get(i));
        }
        program.call(SystemCall.SETGROUPS, () -> "set the groups", groups.size(), list.address());
    }

    public void setIdentity(int uid, int gid) {
        program.call(SystemCall.SETRESGID, () -> "become group " + gid, gid, gid, gid);
        program.call(SystemCall.SETRESUID, () -> "become user " + uid, uid, uid, uid);
    }

    /** capset(2), by masks. */
    public void setCapabilities(long effective, long permitted, long inheritable, long ambient) {
        MemorySegment header = program.allocate(8);
        header.set(ValueLayout.JAVA_INT, 0, LINUX_CAPABILITY_VERSION_3);
        MemorySegment data = program.allocate(24);
        for (int half = 0; half < 2; half++) {
            data.setAtIndex(ValueLayout.JAVA_INT, 3L * half, (int) (effective >>> 32 * half));
            data.setAtIndex(ValueLayout.JAVA_INT, 3L * half + 1, (int) (permitted >>> 32 * half));
            data.setAtIndex(ValueLayout.JAVA_INT, 3L * half + 2, (int) (inheritable >>> 32 * half));
        }
        program.call(SystemCall.CAPSET, () -> "set the capabilities", header.address(), data.address());
        program.call(
                SystemCall.PRCTL,
                () -> "clear ambient capabilities",
                PR_CAP_AMBIENT,
                PR_CAP_AMBIENT_CLEAR_ALL,
                0,
                0,
                0);
        for (int capability = 0; capability < Long.SIZE; capability++) {
            if ((ambient & 1L << capability) != 0) {
                program.call(
                        SystemCall.PRCTL,
                        () -> "raise ambient capabilities",
                        PR_CAP_AMBIENT,
                        PR_CAP_AMBIENT_RAISE,
                        capability,
                        0,
                        0);
            }
        }
    }

    public Step noNewPrivileges() {
        return program.call(SystemCall.PRCTL, () -> "forbid new privileges", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }

    /** Loads a filter, {@code struct sock_filter[]}; calls after this one are subject to it (seccomp(2)). */
    public Step filterSystemCalls(byte[] filter) {
        MemorySegment code = program.bytes(filter, filter.length);
        MemorySegment description = program.allocate(16);
        description.set(ValueLayout.JAVA_SHORT, 0, (short) (filter.length / 8));
        description.set(ValueLayout.JAVA_LONG, 8, code.address());
        return program.call(
                SystemCall.SECCOMP,
                () -> "load the system-call policy",
                SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                description.address());
    }

    /** Executes a file, given all at once: the vectors are addresses from {@link Program#strings}. */
    public Step execute(String path, long arguments, long environment) {
        return program.call(SystemCall.EXECVE, () -> "execute " + path, program.string(path), arguments, environment);
    }

    /** Executes what is open, a program in memory (execveat(2)). */
    public Step execute(Operand descriptor, String name, long arguments, long environment) {
        return program.call(
                SystemCall.EXECVEAT,
                () -> "execute " + name,
                descriptor,
                Operand.of(program.string("")),
                Operand.of(arguments),
                Operand.of(environment),
                Operand.of(AT_EMPTY_PATH));
    }
}
