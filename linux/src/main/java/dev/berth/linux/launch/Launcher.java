package dev.berth.linux.launch;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.process.Pidfd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Starts children that run a {@link Program}. Holds one page of executable memory, which {@link #close} gives back.
 * Safe for use by many threads at once; a launch holds its thread, and no other, until the child has executed its
 * program or failed to, a millisecond or two.
 */
public final class Launcher implements AutoCloseable {
    private static final int PAGE_SIZE = 4096;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int SIGCHLD = 17;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int AT_FDCWD = -100;
    private static final int PR_SET_DUMPABLE = 4;

    private final Kernel kernel = Kernel.running();
    private final MemorySegment code;
    private final Fd ownPidNamespace;

    /**
     * @throws LinuxException when the kernel refuses executable memory
     */
    public Launcher() {
        byte[] bytes = LauncherCode.of(kernel.machine());
        long address = kernel.call(
                SystemCall.MMAP,
                "map the launcher's page",
                0,
                PAGE_SIZE,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE_ANONYMOUS,
                -1,
                0);
        code = MemorySegment.ofAddress(address).reinterpret(PAGE_SIZE);
        MemorySegment.copy(bytes, 0, code, ValueLayout.JAVA_BYTE, 0, bytes.length);
        kernel.call(
                SystemCall.MPROTECT, "make the launcher's page executable", address, PAGE_SIZE, PROT_READ | PROT_EXEC);
        ownPidNamespace = openOwnPidNamespace();
    }

    private Fd openOwnPidNamespace() {
        try (var path = new Program(1)) {
            return new Fd((int) kernel.call(
                    SystemCall.OPENAT,
                    "open this process's PID namespace",
                    AT_FDCWD,
                    path.string("/proc/self/ns/pid"),
                    O_RDONLY_CLOEXEC));
        }
    }

    /**
     * What is asked of the clone itself.
     *
     * @param namespaces the {@link CloneFlags} of the new namespaces
     * @param pidNamespace a PID namespace to enter; borrowed
     * @param cgroup a directory of cgroup v2 to start in ({@code CLONE_INTO_CGROUP}); borrowed
     * @param sharedFiles whether the child has this process's descriptors themselves, and not copies, so that what it
     *     opens is open here; it must part with them before it changes any
     */
    public record Options(long namespaces, Optional<Fd> pidNamespace, Optional<Fd> cgroup, boolean sharedFiles) {
        public Options(long namespaces, Optional<Fd> pidNamespace, Optional<Fd> cgroup) {
            this(namespaces, pidNamespace, cgroup, false);
        }

        /** New namespaces and nothing else. */
        public static Options namespaces(long flags) {
            return new Options(flags, Optional.empty(), Optional.empty());
        }
    }

    /**
     * Clones a child and has it run the program up to its execve.
     *
     * @return the running child; the caller owns it, and must wait for it
     * @throws LinuxException when no child could be made
     * @throws LaunchException when a step failed; the child is gone and waited for
     */
    public Pidfd launch(Program program, Options options) {
        MemorySegment block = program.block();
        prepare(program, options);
        long pid = cloneWith(block, options);
        Pidfd child = new Pidfd((int) pid, new Fd((int) block.get(ValueLayout.JAVA_LONG, Layout.BLOCK_PIDFD)));
        // A child that gives up privileges on shared memory makes the kernel forbid looking into that memory
        // (prctl(2), PR_SET_DUMPABLE): the JVM's own /proc entries and tools would suffer.
        kernel.raw(SystemCall.PRCTL, PR_SET_DUMPABLE, 1);
        long failed = block.get(ValueLayout.JAVA_LONG, Layout.BLOCK_FAILED_RECORD);
        if (failed != 0) {
            try (child) {
                child.waitFor();
            }
            throw new LaunchException(
                    program.at(failed), (int) -block.get(ValueLayout.JAVA_LONG, Layout.BLOCK_FAILURE));
        }
        return child;
    }

    private void prepare(Program program, Options options) {
        MemorySegment block = program.block();
        MemorySegment stack = program.stack();
        set(block, Layout.BLOCK_ALL_SIGNALS, -1);
        set(
                block,
                Layout.BLOCK_PID_NAMESPACE,
                options.pidNamespace().map(Fd::number).orElse(-1));
        set(block, Layout.BLOCK_OWN_PID_NAMESPACE, ownPidNamespace.number());
        set(block, Layout.BLOCK_FIRST_RECORD, program.firstRecord());
        set(block, Layout.BLOCK_FAILED_RECORD, 0);
        set(block, Layout.BLOCK_PIDFD, 0);
        set(block, Layout.BLOCK_CLONE_NUMBER, SystemCall.CLONE3.number(kernel.machine()));
        set(block, Layout.BLOCK_CLONE_ARG0, block.address() + Layout.BLOCK_CLONE_ARGS);
        set(block, Layout.BLOCK_CLONE_ARG1, Layout.CLONE_ARGS_SIZE);
        long flags = options.namespaces()
                | CloneFlags.VM
                | CloneFlags.VFORK
                | CloneFlags.PIDFD
                | CloneFlags.CLEAR_SIGHAND
                | (options.sharedFiles() ? CloneFlags.FILES : 0)
                | (options.cgroup().isPresent() ? CloneFlags.INTO_CGROUP : 0);
        set(block, Layout.CLONE_FLAGS, flags);
        set(block, Layout.CLONE_PIDFD, block.address() + Layout.BLOCK_PIDFD);
        set(block, Layout.CLONE_EXIT_SIGNAL, SIGCHLD);
        set(block, Layout.CLONE_STACK, stack.address());
        set(block, Layout.CLONE_STACK_SIZE, stack.byteSize());
        set(block, Layout.CLONE_CGROUP, options.cgroup().map(Fd::number).orElse(0));
    }

    private static void set(MemorySegment block, int offset, long value) {
        block.set(ValueLayout.JAVA_LONG, offset, value);
    }

    private long cloneWith(MemorySegment block, Options options) {
        long pid = kernel.invoke(code, block.address(), 0, 0, 0, 0, 0, 0);
        if (pid < 0) {
            String doing = options.pidNamespace().isPresent()
                    ? "clone a process into another PID namespace"
                    : "clone a process with namespaces of its own";
            throw new LinuxException(SystemCall.CLONE3, (int) -pid, doing);
        }
        return pid;
    }

    @Override
    public void close() {
        ownPidNamespace.close();
        kernel.raw(SystemCall.MUNMAP, code.address(), PAGE_SIZE);
    }
}
