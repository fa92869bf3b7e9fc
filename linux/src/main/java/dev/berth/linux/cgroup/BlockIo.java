package dev.berth.linux.cgroup;

import java.util.List;
import java.util.OptionalInt;

/**
 * A group's share of block devices. Empty lists and an empty weight leave things as they are.
 *
 * @param weight relative to other groups', 10 to 1000
 * @param weights the same for single devices
 * @param readBytes bytes a second; each list names a device once
 * @param writeBytes bytes a second
 * @param readOperations operations a second
 * @param writeOperations operations a second
 */
public record BlockIo(
        OptionalInt weight,
        List<Weight> weights,
        List<Rate> readBytes,
        List<Rate> writeBytes,
        List<Rate> readOperations,
        List<Rate> writeOperations) {
    public static final BlockIo NONE =
            new BlockIo(OptionalInt.empty(), List.of(), List.of(), List.of(), List.of(), List.of());

    /** A block device's share. */
    public record Weight(int major, int minor, int weight) {
        /** The device as the kernel writes it. */
        public String device() {
            return major + ":" + minor;
        }
    }

    /** A block device's limit a second; zero takes one away. */
    public record Rate(int major, int minor, long perSecond) {
        /** The device as the kernel writes it. */
        public String device() {
            return major + ":" + minor;
        }
    }

    /** Whether anything is asked for. */
    public boolean isAskedFor() {
        return hasWeights() || hasRates();
    }

    public boolean hasWeights() {
        return weight.isPresent() || !weights.isEmpty();
    }

    public boolean hasRates() {
        return !readBytes.isEmpty() || !writeBytes.isEmpty() || !readOperations.isEmpty() || !writeOperations.isEmpty();
    }
}
