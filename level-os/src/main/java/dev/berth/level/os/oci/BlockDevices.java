package dev.berth.level.os.oci;

import dev.berth.level.LevelException;
import dev.berth.level.RareLimits;
import dev.berth.level.RareLimits.BlockRate;
import dev.berth.level.os.oci.RuntimeConfig.BlockIo;
import dev.berth.level.os.oci.RuntimeConfig.ThrottleDevice;
import dev.berth.level.os.oci.RuntimeConfig.WeightDevice;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits on block devices by their numbers, from limits by their nodes' paths. */
final class BlockDevices {
    private BlockDevices() {}

    /**
     * The limits; null where there are none.
     *
     * @throws LevelException INVALID for what is no block device of this host
     */
    static @Nullable BlockIo limits(RareLimits limits) {
        if (limits.blockWeight().isEmpty()
                && limits.blockWeights().isEmpty()
                && limits.blockRates().isEmpty()) {
            return null;
        }
        return new BlockIo(
                limits.blockWeight().isPresent() ? limits.blockWeight().getAsInt() : null,
                limits.blockWeights().stream()
                        .map(weight -> {
                            FileStatus device = device(weight.hostPath());
                            return new WeightDevice(device.rdevMajor(), device.rdevMinor(), weight.weight());
                        })
                        .toList(),
                rates(limits.blockRates(), BlockRate.Kind.READ_BYTES),
                rates(limits.blockRates(), BlockRate.Kind.WRITE_BYTES),
                rates(limits.blockRates(), BlockRate.Kind.READ_OPERATIONS),
                rates(limits.blockRates(), BlockRate.Kind.WRITE_OPERATIONS));
    }

    private static List<ThrottleDevice> rates(List<BlockRate> rates, BlockRate.Kind kind) {
        return rates.stream()
                .filter(rate -> rate.kind() == kind)
                .map(rate -> {
                    FileStatus device = device(rate.hostPath());
                    return new ThrottleDevice(device.rdevMajor(), device.rdevMinor(), rate.perSecond());
                })
                .toList();
    }

    private static FileStatus device(String path) {
        String reason;
        try {
            Path real = Path.of(path).toRealPath();
            try (Directory parent = Directory.open(real.resolveSibling("."))) {
                FileStatus status = parent.status(real.getFileName().toString())
                        .orElseThrow(() -> new IOException("no such file or directory"));
                if (status.type() == FileStatus.BLOCK_DEVICE) {
                    return status;
                }
            }
            reason = "it is not a block device";
        } catch (IOException | LinuxException | IllegalArgumentException e) {
            reason = e instanceof java.nio.file.NoSuchFileException
                    ? "no such file or directory"
                    : String.valueOf(e.getMessage());
        }
        throw new LevelException(
                LevelException.Kind.INVALID, "cannot limit the block device \"" + path + "\": " + reason);
    }
}
