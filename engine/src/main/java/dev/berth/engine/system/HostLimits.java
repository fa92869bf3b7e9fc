package dev.berth.engine.system;

import dev.berth.linux.namespace.UserNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the host's control groups can limit, and what of its kernel containers depend on (cgroups(7), proc(5)).
 *
 * @param cgroupVersion 2 where the unified hierarchy is all there is
 * @param rootless whether an ordinary user runs the engine, who may change no control groups
 */
public record HostLimits(
        int cgroupVersion,
        boolean memory,
        boolean swap,
        boolean cpuPeriods,
        boolean cpuShares,
        boolean cpuSet,
        boolean pids,
        boolean oomKillDisable,
        boolean ipv4Forwarding,
        boolean seccomp,
        boolean cgroupNamespaces,
        boolean rootless) {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    /** As they are now. */
    static HostLimits read() {
        boolean unified = Files.exists(CGROUPS.resolve("cgroup.controllers"));
        if (!UserNamespace.own().initial() && !Files.isWritable(CGROUPS)) {
            return none(unified ? 2 : 1);
        }
        return unified ? unified() : split();
    }

    private static HostLimits none(int cgroupVersion) {
        boolean forwarding = isOn("/proc/sys/net/ipv4/ip_forward");
        return new HostLimits(
                cgroupVersion,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                forwarding,
                hasSeccomp(),
                hasCgroupNamespaces(),
                true);
    }

    private static HostLimits unified() {
        List<String> controllers =
                Arrays.asList(HostFacts.read(CGROUPS + "/cgroup.controllers").split(" ", -1));
        boolean cpu = controllers.contains("cpu");
        boolean memory = controllers.contains("memory");
        return new HostLimits(
                2,
                memory,
                memory && hasSwapLimit(),
                cpu,
                cpu,
                controllers.contains("cpuset"),
                controllers.contains("pids"),
                false,
                isOn("/proc/sys/net/ipv4/ip_forward"),
                hasSeccomp(),
                hasCgroupNamespaces(),
                false);
    }

    /** The root group has no limits of its own; our own group tells whether swap is counted. */
    private static boolean hasSwapLimit() {
        String own = HostFacts.read("/proc/self/cgroup")
                .replaceAll("(?s).*0::/?", "")
                .strip();
        return Files.exists(CGROUPS.resolve(own).resolve("memory.swap.max"));
    }

    private static HostLimits split() {
        return new HostLimits(
                1,
                has("memory/memory.limit_in_bytes"),
                has("memory/memory.memsw.limit_in_bytes"),
                has("cpu/cpu.cfs_period_us"),
                has("cpu/cpu.shares"),
                has("cpuset/cpuset.cpus"),
                has("pids"),
                has("memory/memory.oom_control"),
                isOn("/proc/sys/net/ipv4/ip_forward"),
                hasSeccomp(),
                hasCgroupNamespaces(),
                false);
    }

    private static boolean has(String file) {
        return Files.exists(CGROUPS.resolve(file));
    }

    private static boolean isOn(String file) {
        return HostFacts.read(file).strip().equals("1");
    }

    private static boolean hasSeccomp() {
        return Files.exists(Path.of("/proc/sys/kernel/seccomp"))
                || HostFacts.read("/proc/self/status").contains("\nSeccomp:");
    }

    private static boolean hasCgroupNamespaces() {
        return Files.exists(Path.of("/proc/self/ns/cgroup"));
    }

    /** In the words of Docker's {@code info}. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        warn(warnings, memory, "No memory limit support");
        warn(warnings, swap || !memory, "No swap limit support");
        warn(warnings, cpuPeriods, "No cpu cfs quota support");
        warn(warnings, cpuPeriods, "No cpu cfs period support");
        warn(warnings, cpuShares, "No cpu shares support");
        warn(warnings, cpuSet, "No cpuset support");
        warn(warnings, pids, "No pids limit support");
        warn(warnings, ipv4Forwarding, "IPv4 forwarding is disabled");
        return warnings;
    }

    private static void warn(List<String> warnings, boolean fine, String text) {
        if (!fine) {
            warnings.add("WARNING: " + text);
        }
    }
}
