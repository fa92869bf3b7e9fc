package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.Swap;
import java.util.OptionalLong;

/** {@code memory}: how much, with and without swap, and what happens when it is used up. */
record MemoryController() implements Controller {
    private static final String LIMIT = "memory.limit_in_bytes";
    /** Memory and swap together. */
    private static final String SWAP_LIMIT = "memory.memsw.limit_in_bytes";
    /** The kernel counts in pages: "no limit" reads as the largest multiple of a page, at most 64 KiB. */
    private static final long UNLIMITED = Long.MAX_VALUE / 65536 * 65536;

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
        if (limits.memoryBytes().isPresent() || limits.memorySwapBytes().isPresent()) {
            applyHardLimits(limits.memoryBytes(), limits.memorySwapBytes(), group);
        }
        limits.memoryReservationBytes()
                .ifPresent(bytes -> group.write("memory.soft_limit_in_bytes", Long.toString(bytes)));
        limits.rare().swappiness().ifPresent(value -> group.write("memory.swappiness", Long.toString(value)));
        if (limits.oomKillDisable()) {
            group.write("memory.oom_control", "1");
        }
    }

    /** The kernel refuses a moment in which memory may be more than memory and swap: the larger goes first. */
    private static void applyHardLimits(OptionalLong memory, OptionalLong withSwap, CgroupDirectory group) {
        OptionalLong swap = memory.orElse(0) == -1 ? OptionalLong.of(-1) : withSwap;
        if (swap.isPresent() && !group.has(SWAP_LIMIT)) {
            if (swap.getAsLong() >= 0 && Swap.ofHost().present()) {
                throw new CgroupException("cannot limit swap: this kernel does not count it (boot with swapaccount=1)");
            }
            swap = OptionalLong.empty(); // without swap the limit on memory alone says it all
        }
        boolean raised =
                swap.isPresent() && (swap.getAsLong() == -1 || swap.getAsLong() > group.readNumber(SWAP_LIMIT));
        if (raised) {
            group.write(SWAP_LIMIT, Long.toString(swap.getAsLong()));
        }
        memory.ifPresent(bytes -> group.write(LIMIT, Long.toString(bytes)));
        if (swap.isPresent() && !raised) {
            group.write(SWAP_LIMIT, Long.toString(swap.getAsLong()));
        }
    }

    CgroupStats.Memory stats(CgroupDirectory group) {
        long limit = group.readNumber(LIMIT);
        return new CgroupStats.Memory(
                group.readNumber("memory.usage_in_bytes"),
                group.readNumber("memory.max_usage_in_bytes"),
                group.readNumber("memory.stat", "total_inactive_file"),
                limit >= UNLIMITED || limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit));
    }

    long oomKills(CgroupDirectory group) {
        return group.readNumber("memory.oom_control", "oom_kill");
    }
}
