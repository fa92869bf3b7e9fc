package dev.berth.level.os.oci;

import dev.berth.level.LevelException;
import dev.berth.level.os.oci.RuntimeConfig.DeviceRule;
import dev.berth.linux.cgroup.BlockIo;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.RareLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The control group's share of a configuration (config-linux.md, Control groups). */
public final class CgroupSettings {
    private CgroupSettings() {}

    /**
     * The limits.
     *
     * @throws LevelException INVALID when a number is out of its range
     */
    public static CgroupLimits of(RuntimeConfig.@Nullable Resources resources) {
        if (resources == null) {
            return CgroupLimits.NONE;
        }
        Optional<RuntimeConfig.Memory> memory = Optional.ofNullable(resources.memory());
        Optional<RuntimeConfig.Cpu> cpu = Optional.ofNullable(resources.cpu());
        Optional<RuntimeConfig.Pids> pids = Optional.ofNullable(resources.pids());
        try {
            return new CgroupLimits(
                    number(memory.map(RuntimeConfig.Memory::limit)),
                    number(memory.map(RuntimeConfig.Memory::swap)),
                    number(memory.map(RuntimeConfig.Memory::reservation)),
                    number(cpu.map(RuntimeConfig.Cpu::shares)),
                    number(cpu.map(RuntimeConfig.Cpu::quota)),
                    number(cpu.map(RuntimeConfig.Cpu::period)),
                    cpu.map(RuntimeConfig.Cpu::cpus).orElse(""),
                    cpu.map(RuntimeConfig.Cpu::mems).orElse(""),
                    number(pids.map(RuntimeConfig.Pids::limit)),
                    memory.map(RuntimeConfig.Memory::disableOOMKiller).orElse(false),
                    new RareLimits(
                            number(memory.map(RuntimeConfig.Memory::swappiness)),
                            number(cpu.map(RuntimeConfig.Cpu::realtimePeriod)),
                            number(cpu.map(RuntimeConfig.Cpu::realtimeRuntime)),
                            blockIo(resources.blockIO())),
                    devices(resources.devices()));
        } catch (IllegalArgumentException e) {
            throw new LevelException(LevelException.Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static BlockIo blockIo(RuntimeConfig.@Nullable BlockIo io) {
        if (io == null) {
            return BlockIo.NONE;
        }
        return new BlockIo(
                io.weight() == null ? OptionalInt.empty() : OptionalInt.of(io.weight()),
                orEmpty(io.weightDevice()).stream()
                        .map(w -> new BlockIo.Weight(w.major(), w.minor(), w.weight()))
                        .toList(),
                rates(io.throttleReadBpsDevice()),
                rates(io.throttleWriteBpsDevice()),
                rates(io.throttleReadIOPSDevice()),
                rates(io.throttleWriteIOPSDevice()));
    }

    private static List<BlockIo.Rate> rates(@Nullable List<RuntimeConfig.ThrottleDevice> devices) {
        return orEmpty(devices).stream()
                .map(d -> new BlockIo.Rate(d.major(), d.minor(), d.rate()))
                .toList();
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static OptionalLong number(Optional<Long> value) {
        return value.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** As runc does: what every container may use, and then what the configuration allows; nothing where all is allowed. */
    private static List<dev.berth.linux.cgroup.DeviceRule> devices(List<DeviceRule> rules) {
        List<dev.berth.linux.cgroup.DeviceRule> result = new ArrayList<>(dev.berth.linux.cgroup.DeviceRule.DEFAULT);
        for (DeviceRule rule : rules) {
            if (!rule.allow()) {
                continue;
            }
            if (rule.type() == null || rule.type().equals("a")) {
                return List.of();
            }
            result.add(new dev.berth.linux.cgroup.DeviceRule(
                    rule.type().equals("b")
                            ? dev.berth.linux.cgroup.DeviceRule.Kind.BLOCK
                            : dev.berth.linux.cgroup.DeviceRule.Kind.CHARACTER,
                    number(rule.major()),
                    number(rule.minor()),
                    rule.access().contains("r"),
                    rule.access().contains("w"),
                    rule.access().contains("m")));
        }
        return rules.isEmpty() ? List.of() : result;
    }

    private static OptionalInt number(@Nullable Integer value) {
        return value == null || value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
