package dev.berth.linux.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One container's control group, across all hierarchies. All methods throw {@link CgroupException} when the kernel
 * refuses. Safe for use by many threads. Closing it ends what is inside and removes it.
 */
public interface Cgroup extends AutoCloseable {
    /** Its path as {@link CgroupTree#create} was given it. */
    String path();

    /**
     * The v1 files into which a process writes {@code 0} to enter the group; empty on v2. The process must have one
     * thread: these are the {@code tasks} files, because a thread that moves itself takes no lock that waits for the
     * whole system, as {@code cgroup.procs} does.
     */
    List<Path> entryFiles();

    /**
     * The v2 directory to open for {@code CLONE_INTO_CGROUP}; empty on v1. On a hybrid host a new process needs both
     * this and {@link #entryFiles()}.
     */
    Optional<Path> cloneInto();

    /** Sets the limits that are given and leaves the others as they are. */
    void apply(CgroupLimits limits);

    /** What the group's processes use and have used; zeros for what the host has no controller for. */
    CgroupStats stats();

    /** How many processes of the group the kernel has killed because the memory limit was reached. */
    long oomKills();

    /** Stops all processes, and returns when they have stopped. */
    void freeze();

    /** Lets the processes go on. */
    void thaw();

    /** The processes in the group and in groups below it, by their ids in this process's PID namespace. */
    List<Integer> pids();

    /** Kills every process in the group and in groups below it, frozen or not. Does not wait for their end. */
    void killAll();

    /**
     * Removes the group, after killing what is still inside. Idempotent.
     *
     * @throws CgroupException when a process does not end within some seconds
     */
    @Override
    void close();
}
