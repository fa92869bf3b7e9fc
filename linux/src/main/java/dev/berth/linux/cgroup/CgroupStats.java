package dev.berth.linux.cgroup;

import java.util.List;
import java.util.OptionalLong;

/** What a group uses. Times, bytes transferred and events are totals since the group was made. */
public record CgroupStats(Cpu cpu, Memory memory, Pids pids, Io io) {
    /**
     * Processor time.
     *
     * @param throttledPeriods in how many periods of the quota it was used up
     */
    public record Cpu(
            long totalNanos,
            long userNanos,
            long systemNanos,
            long periods,
            long throttledPeriods,
            long throttledNanos) {
        public static final Cpu NONE = new Cpu(0, 0, 0, 0, 0, 0);
    }

    /**
     * Memory.
     *
     * @param bytes now, with the page cache
     * @param peakBytes the most there has been
     * @param inactiveFileBytes page cache that could be given up at once
     * @param limitBytes empty where there is no limit
     */
    public record Memory(long bytes, long peakBytes, long inactiveFileBytes, OptionalLong limitBytes) {
        public static final Memory NONE = new Memory(0, 0, 0, OptionalLong.empty());
    }

    /** Processes and threads. */
    public record Pids(long current, OptionalLong limit) {
        public static final Pids NONE = new Pids(0, OptionalLong.empty());
    }

    /** Transfers from and to block devices. */
    public record Io(List<Device> devices) {
        public static final Io NONE = new Io(List.of());

        public Io {
            devices = List.copyOf(devices);
        }

        /** One device's. */
        public record Device(int major, int minor, long readBytes, long writtenBytes) {}
    }
}
