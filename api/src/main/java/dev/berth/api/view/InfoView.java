package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.system.HostLimits;
import dev.berth.engine.system.SystemInfo;
import dev.berth.image.registry.RegistryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The engine and its host in the shape of Docker's {@code /info}. */
public final class InfoView {
    private InfoView() {}

    /** Tells of them, and of how registries are talked to. */
    public static Map<String, @Nullable Object> of(SystemInfo info, RegistryOptions registries, String version) {
        Map<String, @Nullable Object> tree = JsonTree.of(
                "ID", info.id(),
                "Containers", info.containers(),
                "ContainersRunning", info.containersRunning(),
                "ContainersPaused", info.containersPaused(),
                "ContainersStopped", info.containersStopped(),
                "Images", info.images(),
                "Driver", "overlayfs",
                "DriverStatus", driverStatus(info),
                "Plugins",
                        JsonTree.of(
                                "Volume", List.of(),
                                "Network", List.of("host", "null"),
                                "Authorization", null,
                                "Log", info.logDrivers()));
        tree.putAll(limits(info.limits()));
        tree.putAll(JsonTree.of(
                "Debug", info.debug(),
                "NFd", info.openFiles(),
                "NGoroutines", info.threads(),
                "SystemTime", info.time().toString(),
                "LoggingDriver", info.logDriver(),
                "CgroupDriver", info.limits().rootless() ? "none" : "cgroupfs",
                "CgroupVersion", Integer.toString(info.limits().cgroupVersion()),
                "NEventsListener", info.eventListeners(),
                "KernelVersion", info.kernelVersion(),
                "OperatingSystem", info.operatingSystem(),
                "OSVersion", info.operatingSystemVersion(),
                "OSType", "linux",
                "Architecture", info.architecture().equals("amd64") ? "x86_64" : "aarch64",
                "IndexServerAddress", "https://index.docker.io/v1/",
                "RegistryConfig", RegistryConfigView.of(registries),
                "NCPU", info.processors(),
                "MemTotal", info.memoryTotalBytes(),
                "GenericResources", null,
                "DockerRootDir", info.dataRoot().toString(),
                "HttpProxy", registries.proxies().http(),
                "HttpsProxy", registries.proxies().https(),
                "NoProxy", registries.proxies().none(),
                "Name", info.name(),
                "Labels", info.labels(),
                "ExperimentalBuild", false,
                "ServerVersion", version));
        tree.putAll(JsonTree.of(
                "Runtimes", runtimes(info),
                "DefaultRuntime", info.levels().isEmpty() ? "" : info.levels().getFirst(),
                "Swarm", noSwarm(),
                "LiveRestoreEnabled", info.liveRestore(),
                "Isolation", "",
                "InitBinary", "berth-init",
                "ContainerdCommit", JsonTree.of("ID", ""),
                "RuncCommit", JsonTree.of("ID", ""),
                "InitCommit", JsonTree.of("ID", ""),
                "SecurityOptions", securityOptions(info.limits()),
                "CDISpecDirs", List.of(),
                "Warnings", info.warnings()));
        return tree;
    }

    private static List<Object> driverStatus(SystemInfo info) {
        return info.backingFileSystem().isEmpty()
                ? List.of()
                : List.of(
                        List.of("Backing Filesystem", info.backingFileSystem()),
                        List.of("Container Size Limits", String.valueOf(info.sizeLimits())));
    }

    private static Map<String, @Nullable Object> limits(HostLimits limits) {
        return JsonTree.of(
                "MemoryLimit", limits.memory(),
                "SwapLimit", limits.swap(),
                "CpuCfsPeriod", limits.cpuPeriods(),
                "CpuCfsQuota", limits.cpuPeriods(),
                "CPUShares", limits.cpuShares(),
                "CPUSet", limits.cpuSet(),
                "PidsLimit", limits.pids(),
                "IPv4Forwarding", limits.ipv4Forwarding(),
                "OomKillDisable", limits.oomKillDisable());
    }

    /** The levels of virtualization, where Docker has its runtimes. */
    private static Map<String, @Nullable Object> runtimes(SystemInfo info) {
        Map<String, @Nullable Object> runtimes = JsonTree.of();
        info.levels().forEach(level -> runtimes.put(level, JsonTree.of("path", level)));
        return runtimes;
    }

    private static Object noSwarm() {
        return JsonTree.of(
                "NodeID", "",
                "NodeAddr", "",
                "LocalNodeState", "inactive",
                "ControlAvailable", false,
                "Error", "",
                "RemoteManagers", null);
    }

    private static List<String> securityOptions(HostLimits limits) {
        List<String> options = new ArrayList<>();
        if (limits.seccomp()) {
            options.add("name=seccomp,profile=builtin");
        }
        if (limits.rootless()) {
            options.add("name=rootless");
        }
        if (limits.cgroupNamespaces()) {
            options.add("name=cgroupns");
        }
        return options;
    }
}
