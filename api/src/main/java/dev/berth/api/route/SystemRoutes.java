package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.EventStream;
import dev.berth.api.view.RegistryConfigView;
import dev.berth.engine.Engine;
import dev.berth.engine.event.EventQuery;
import dev.berth.engine.system.SystemInfo;
import dev.berth.image.Image;
import dev.berth.image.ImageUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /_ping}, {@code /version}, {@code /info}, {@code /events}, {@code /system}. */
final class SystemRoutes {
    private final Engine engine;
    private final String version;

    SystemRoutes(Engine engine, String version) {
        this.engine = engine;
        this.version = version;
    }

    void addTo(Router router) {
        router.add("GET", "/_ping", this::ping);
        router.add("HEAD", "/_ping", this::ping);
        router.add("GET", "/version", this::version);
        router.add("GET", "/info", this::info);
        router.add("GET", "/events", this::events);
        router.add("GET", "/system/df", this::diskUsage);
    }

    private void ping(Call call) throws IOException {
        call.exchange().header("Cache-Control", "no-cache, no-store, must-revalidate");
        call.exchange().header("Pragma", "no-cache");
        byte[] body = "OK".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        call.exchange().answer(Status.OK, "text/plain; charset=utf-8", body);
    }

    private void version(Call call) throws IOException {
        SystemInfo info = engine.system();
        String runtime = System.getProperty("java.vm.version", "");
        call.answer(JsonTree.of(
                "Platform", JsonTree.of("Name", "Berth"),
                "Components",
                        List.of(JsonTree.of(
                                "Name",
                                "Engine",
                                "Version",
                                version,
                                "Details",
                                JsonTree.of(
                                        "ApiVersion", Version.NEWEST.toString(),
                                        "Arch", info.architecture(),
                                        "Experimental", "false",
                                        "JavaVersion", runtime,
                                        "KernelVersion", info.kernelVersion(),
                                        "MinAPIVersion", Version.OLDEST.toString(),
                                        "Os", "linux"))),
                "Version", version,
                "ApiVersion", Version.NEWEST.toString(),
                "MinAPIVersion", Version.OLDEST.toString(),
                "GitCommit", "",
                "GoVersion", "",
                "Os", "linux",
                "Arch", info.architecture(),
                "KernelVersion", info.kernelVersion(),
                "BuildTime", ""));
    }

    private void info(Call call) throws IOException {
        SystemInfo info = engine.system();
        Map<String, Object> tree = JsonTree.of(
                "ID", info.id(),
                "Containers", info.containers(),
                "ContainersRunning", info.containersRunning(),
                "ContainersPaused", info.containersPaused(),
                "ContainersStopped", info.containersStopped(),
                "Images", info.images(),
                "Driver", "overlayfs",
                "DriverStatus", List.of(),
                "Plugins",
                        JsonTree.of(
                                "Volume", List.of(),
                                "Network", List.of("host", "null"),
                                "Authorization", null,
                                "Log", info.logDrivers()),
                "MemoryLimit", true,
                "SwapLimit", true,
                "CpuCfsPeriod", true,
                "CpuCfsQuota", true,
                "CPUShares", true,
                "CPUSet", true,
                "PidsLimit", true,
                "IPv4Forwarding", true,
                "Debug", false,
                "NFd", info.openFiles(),
                "OomKillDisable", info.cgroupVersion() == 1,
                "NGoroutines", info.threads(),
                "SystemTime", info.time().toString(),
                "LoggingDriver", info.logDriver(),
                "CgroupDriver", "cgroupfs",
                "CgroupVersion", Integer.toString(info.cgroupVersion()),
                "NEventsListener", info.eventListeners(),
                "KernelVersion", info.kernelVersion(),
                "OperatingSystem", info.operatingSystem(),
                "OSVersion", info.operatingSystemVersion(),
                "OSType", "linux",
                "Architecture", info.architecture().equals("amd64") ? "x86_64" : "aarch64");
        tree.putAll(JsonTree.of(
                "IndexServerAddress", "https://index.docker.io/v1/",
                "RegistryConfig", RegistryConfigView.of(engine.images().store().registries()),
                "NCPU", info.processors(),
                "MemTotal", info.memoryTotalBytes(),
                "GenericResources", null,
                "DockerRootDir", info.dataRoot().toString(),
                "HttpProxy", "",
                "HttpsProxy", "",
                "NoProxy", "",
                "Name", info.name(),
                "Labels", info.labels(),
                "ExperimentalBuild", false,
                "ServerVersion", version,
                "Runtimes", runtimes(info),
                "DefaultRuntime", info.levels().isEmpty() ? "" : info.levels().getFirst(),
                "Swarm",
                        JsonTree.of(
                                "NodeID",
                                "",
                                "NodeAddr",
                                "",
                                "LocalNodeState",
                                "inactive",
                                "ControlAvailable",
                                false,
                                "Error",
                                "",
                                "RemoteManagers",
                                null),
                "LiveRestoreEnabled", info.liveRestore(),
                "Isolation", "",
                "InitBinary", "docker-init",
                "ContainerdCommit", JsonTree.of("ID", ""),
                "RuncCommit", JsonTree.of("ID", ""),
                "InitCommit", JsonTree.of("ID", ""),
                "SecurityOptions", List.of("name=seccomp,profile=builtin", "name=cgroupns"),
                "Warnings", List.of()));
        call.answer(tree);
    }

    /** The levels of virtualization, where Docker has its runtimes. */
    private static Map<String, ?> runtimes(SystemInfo info) {
        Map<String, Object> runtimes = JsonTree.of();
        info.levels().forEach(level -> runtimes.put(level, JsonTree.of("path", level)));
        return runtimes;
    }

    private void events(Call call) throws IOException {
        EventQuery query = new EventQuery(Times.parse(call, "since"), Times.parse(call, "until"), call.filters());
        new EventStream(call::json).run(call.exchange(), engine.events(), query);
    }

    private void diskUsage(Call call) throws IOException {
        List<Object> images = new ArrayList<>();
        ImageUsage usage = engine.images().store().usage();
        for (Image image : engine.images().store().list()) {
            images.add(dev.berth.api.view.ImageView.summary(
                    image, engine.images().containersOf(image.id().toString()), usage.shared(image)));
        }
        List<Object> containers = new ArrayList<>();
        engine.containers()
                .list(dev.berth.engine.container.ListQuery.ALL)
                .forEach(container -> containers.add(dev.berth.api.view.ContainerView.summary(container)));
        call.answer(JsonTree.of(
                "LayersSize", usage.layersBytes(),
                "Images", images,
                "Containers", containers,
                "Volumes", List.of(),
                "BuildCache", List.of()));
    }
}
