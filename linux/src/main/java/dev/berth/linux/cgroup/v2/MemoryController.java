package dev.berth.linux.cgroup.v2;

import static dev.berth.linux.cgroup.CgroupDirectory.MAX;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.Swap;

/** {@code memory}: how much, and how much swap beside it. */
record MemoryController() implements Controller {
    /** Swap alone, not memory and swap together as on v1. */
    private static final String SWAP = "memory.swap.max";

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public boolean isAskedFor(CgroupLimits limits) {
        return limits.memoryBytes().isPresent()
                || limits.memorySwapBytes().isPresent()
                || limits.memoryReservationBytes().isPresent()
                || limits.oomKillDisable()
                || limits.rare().swappiness().isPresent();
    }

    @Override
    public void apply(CgroupLimits limits, CgroupDirectory group) {
        if (limits.oomKillDisable()) {
            throw new CgroupException(
                    "cannot turn off the out-of-memory killer: control groups of version 2 cannot do that");
        }
        if (limits.rare().swappiness().isPresent()) {
            throw new CgroupException("cannot set the swappiness: control groups of version 2 have none");
        }
        if (limits.memorySwapBytes().isPresent()) {
            applySwap(limits, group);
        }
        limits.memoryBytes().ifPresent(bytes -> group.write("memory.max", limit(bytes)));
        limits.memoryReservationBytes().ifPresent(bytes -> group.write("memory.low", bytes < 0 ? "0" : limit(bytes)));
    }

    private static void applySwap(CgroupLimits limits, CgroupDirectory group) {
        long swap =
                swap(limits.memoryBytes().orElse(-1), limits.memorySwapBytes().getAsLong());
        if (group.has(SWAP)) {
            group.write(SWAP, limit(swap));
        } else if (swap >= 0 && Swap.ofHost().present()) {
            throw new CgroupException("cannot limit swap: this kernel does not count it (boot with swapaccount=1)");
        }
    }

    /**
     * Swap alone, from a limit on memory and one on both together; -1 is none.
     */
    static long swap(long memory, long memoryAndSwap) {
        return memory < 0 || memoryAndSwap < 0 ? -1 : memoryAndSwap - memory;
    }

    private static String limit(long bytes) {
        return bytes < 0 ? MAX : Long.toString(bytes);
    }

    CgroupStats.Memory stats(CgroupDirectory group) {
        return new CgroupStats.Memory(
                group.readNumber("memory.current"),
                group.readNumber("memory.peak"),
                group.readNumber("memory.stat", "inactive_file"),
                group.readLimit("memory.max"));
    }

    long oomKills(CgroupDirectory group) {
        return group.readNumber("memory.events", "oom_kill");
    }
}
