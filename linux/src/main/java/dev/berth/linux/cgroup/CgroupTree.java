package dev.berth.linux.cgroup;

import java.util.Set;

/**
 * A host's control groups, over all its hierarchies: a group's path ({@code /berth/engine/container}) stands for one
 * directory in each. Safe for use by many threads. Holds no kernel object.
 *
 * <p>All methods throw {@link CgroupException} when the kernel refuses, and {@link IllegalArgumentException} for a
 * path that is not absolute or has an empty, {@code .} or {@code ..} component.
 */
public interface CgroupTree {
    /** Whether the host manages resources by v1 or v2. */
    Version version();

    /**
     * Makes the group with its parents where those are missing, and sets its limits.
     *
     * @return the group; the caller owns and closes it
     * @throws CgroupException also when it exists, or when a limit is asked for that this host has no controller for;
     *     nothing is left of the group then
     */
    Cgroup create(String path, CgroupLimits limits);

    /**
     * Takes up a group that was made before, by an engine that ran before, say.
     *
     * @throws CgroupException when no hierarchy has it
     */
    Cgroup open(String path);

    /** Whether a hierarchy has the group. */
    boolean has(String path);

    /** The names of the groups directly below, in any hierarchy; none where there is no such group. */
    Set<String> children(String path);

    /** Removes a group that holds nothing any more, then its parents as far as they are empty. Others are left alone. */
    void removeIfEmpty(String path);

    /** The two interfaces that the kernel has. */
    enum Version {
        /** A hierarchy for each controller; perhaps with a v2 hierarchy beside them that has none ("hybrid"). */
        V1,
        /** One hierarchy for all. */
        V2
    }
}
