package dev.berth.engine.spec;

import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.Limits;
import dev.berth.engine.config.ThrottleDevice;
import dev.berth.engine.config.Ulimit;
import dev.berth.engine.config.WeightDevice;
import dev.berth.engine.error.EngineException;
import dev.berth.level.RareLimits;
import dev.berth.level.RareLimits.BlockRate;
import dev.berth.level.RareLimits.BlockWeight;
import dev.berth.level.Resources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A container's limits, in a level's terms. */
public final class ResourcePlan {
    private static final long NANOS_PER_CPU = 1_000_000_000L;
    private static final long PERIOD_MICROS = 100_000;
    private static final int OOM_SCORE_MAX = 1000;
    private static final int SWAPPINESS_MAX = 100;
    private static final int BLOCK_WEIGHT_MIN = 10;
    private static final int BLOCK_WEIGHT_MAX = 1000;
    private static final List<String> RLIMITS = List.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private ResourcePlan() {}

    /**
     * Reads the limits.
     *
     * @throws EngineException INVALID for limits that contradict each other or the host, in Docker's words
     */
    public static Resources of(HostConfig host) {
        checkMemory(host);
        checkProcessors(host);
        if (Math.abs(host.oomScoreAdj()) > OOM_SCORE_MAX) {
            throw EngineException.invalid(
                    "Invalid value " + host.oomScoreAdj() + ", range for oom score adj is [-1000, 1000]");
        }
        boolean nano = host.nanoCpus() > 0;
        return new Resources(
                positive(host.memory()),
                host.memorySwap() == 0 ? OptionalLong.empty() : OptionalLong.of(host.memorySwap()),
                positive(host.memoryReservation()),
                positive(host.cpuShares()),
                nano ? OptionalLong.of(host.nanoCpus() / (NANOS_PER_CPU / PERIOD_MICROS)) : positive(host.cpuQuota()),
                nano ? OptionalLong.of(PERIOD_MICROS) : positive(host.cpuPeriod()),
                host.cpusetCpus(),
                host.cpusetMems(),
                positive(host.pidsLimit().orElse(0)),
                host.oomKillDisable().orElse(false),
                host.oomScoreAdj(),
                rare(host),
                rlimits(host.ulimits()));
    }

    private static RareLimits rare(HostConfig host) {
        checkBlockDevices(host);
        long swappiness = host.memorySwappiness().orElse(-1);
        if (swappiness < -1 || swappiness > SWAPPINESS_MAX) {
            throw EngineException.invalid("Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
        }
        if (host.cpuRealtimePeriod() < 0 || host.cpuRealtimeRuntime() < 0) {
            throw EngineException.invalid("CpuRealtimePeriod and CpuRealtimeRuntime cannot be negative");
        }
        if (host.cpuRealtimePeriod() != 0 && host.cpuRealtimeRuntime() > host.cpuRealtimePeriod()) {
            throw EngineException.invalid("cpu real-time runtime cannot be higher than cpu real-time period");
        }
        List<BlockRate> rates = new ArrayList<>();
        addRates(rates, BlockRate.Kind.READ_BYTES, host.blkioDeviceReadBps());
        addRates(rates, BlockRate.Kind.WRITE_BYTES, host.blkioDeviceWriteBps());
        addRates(rates, BlockRate.Kind.READ_OPERATIONS, host.blkioDeviceReadIOps());
        addRates(rates, BlockRate.Kind.WRITE_OPERATIONS, host.blkioDeviceWriteIOps());
        return new RareLimits(
                swappiness < 0 ? OptionalLong.empty() : OptionalLong.of(swappiness),
                positive(host.cpuRealtimePeriod()),
                positive(host.cpuRealtimeRuntime()),
                host.blkioWeight() == 0 ? OptionalInt.empty() : OptionalInt.of(host.blkioWeight()),
                host.blkioWeightDevice().stream()
                        .map(device -> new BlockWeight(device.path(), device.weight()))
                        .toList(),
                List.copyOf(rates));
    }

    private static void addRates(List<BlockRate> rates, BlockRate.Kind kind, List<ThrottleDevice> devices) {
        devices.forEach(device -> rates.add(new BlockRate(kind, device.path(), device.rate())));
    }

    private static void checkBlockDevices(HostConfig host) {
        if (host.blkioWeight() != 0
                && (host.blkioWeight() < BLOCK_WEIGHT_MIN || host.blkioWeight() > BLOCK_WEIGHT_MAX)) {
            throw EngineException.invalid("Range of blkio weight is from 10 to 1000");
        }
        for (WeightDevice device : host.blkioWeightDevice()) {
            checkBlockDevice(device.path());
            if (device.weight() < BLOCK_WEIGHT_MIN || device.weight() > BLOCK_WEIGHT_MAX) {
                throw EngineException.invalid(
                        "Range of blkio weight is from 10 to 1000, not " + device.weight() + " for " + device.path());
            }
        }
        for (List<ThrottleDevice> devices : List.of(
                host.blkioDeviceReadBps(),
                host.blkioDeviceWriteBps(),
                host.blkioDeviceReadIOps(),
                host.blkioDeviceWriteIOps())) {
            for (ThrottleDevice device : devices) {
                checkBlockDevice(device.path());
                if (device.rate() < 0) {
                    throw EngineException.invalid("invalid rate for device " + device.path() + ": " + device.rate());
                }
            }
        }
    }

    private static void checkBlockDevice(String path) {
        if (!path.startsWith("/dev/") || path.indexOf('\0') >= 0) {
            throw EngineException.invalid("bad format for device path: " + path.replace('\0', '?'));
        }
    }

    private static void checkMemory(HostConfig host) {
        if (host.memory() != 0 && host.memory() < Limits.MEMORY_MIN_BYTES) {
            throw EngineException.invalid("Minimum memory limit allowed is 6MB");
        }
        if (host.memory() == 0 && host.memorySwap() > 0) {
            throw EngineException.invalid(
                    "You should always set the Memory limit when using Memoryswap limit, see usage");
        }
        if (host.memorySwap() < -1 || (host.memorySwap() > 0 && host.memorySwap() < host.memory())) {
            throw EngineException.invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        if (host.memoryReservation() < 0 || (host.memory() > 0 && host.memoryReservation() > host.memory())) {
            throw EngineException.invalid(
                    "Minimum memory limit can not be less than memory reservation limit, see usage");
        }
        if (host.shmSize() < 0) {
            throw EngineException.invalid("SHM size can not be less than 0");
        }
    }

    private static void checkProcessors(HostConfig host) {
        if (host.nanoCpus() > 0 && (host.cpuPeriod() > 0 || host.cpuQuota() > 0)) {
            throw EngineException.invalid("Conflicting options: Nano CPUs and CPU "
                    + (host.cpuPeriod() > 0 ? "Period" : "Quota") + " cannot both be set");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        if (host.nanoCpus() < 0 || host.nanoCpus() > processors * NANOS_PER_CPU) {
            throw EngineException.invalid("range of CPUs is from 0.01 to " + processors + ".00, as there are only "
                    + processors + " CPUs available");
        }
        if (host.cpuShares() < 0) {
            throw EngineException.invalid(
                    "invalid CPU shares (" + host.cpuShares() + "): value must be a positive integer");
        }
        if (host.cpuPeriod() != 0 && (host.cpuPeriod() < 1000 || host.cpuPeriod() > 1_000_000)) {
            throw EngineException.invalid(
                    "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e." + " 1000000)");
        }
        if (host.cpuQuota() > 0 && host.cpuQuota() < 1000) {
            throw EngineException.invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }
        NumberSet.check(host.cpusetCpus(), "cpuset cpus", "CPUs", Path.of("/sys/devices/system/cpu/online"));
        NumberSet.check(host.cpusetMems(), "cpuset mems", "memory nodes", Path.of("/sys/devices/system/node/online"));
    }

    private static List<Resources.Rlimit> rlimits(List<Ulimit> ulimits) {
        List<Resources.Rlimit> rlimits = new ArrayList<>();
        for (Ulimit ulimit : ulimits) {
            if (!RLIMITS.contains(ulimit.name())) {
                throw EngineException.invalid("invalid ulimit type: " + ulimit.name());
            }
            if (ulimit.hard() != -1 && (ulimit.soft() == -1 || ulimit.soft() > ulimit.hard())) {
                throw EngineException.invalid("ulimit soft limit must be less than or equal to hard limit: "
                        + ulimit.name() + " " + ulimit.soft() + " > " + ulimit.hard());
            }
            rlimits.add(new Resources.Rlimit(ulimit.name(), ulimit.soft(), ulimit.hard()));
        }
        return List.copyOf(rlimits);
    }

    private static OptionalLong positive(long value) {
        return value > 0 ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
