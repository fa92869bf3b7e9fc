package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.container.Health;
import dev.berth.engine.container.MountPoint;
import dev.berth.engine.container.StateView;
import dev.berth.engine.network.Endpoint;
import dev.berth.engine.network.Networks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A container in the two shapes of Docker's JSON: a line of {@code ps}, and all of {@code inspect}. */
public final class ContainerView {
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private ContainerView() {}

    /** A line of {@code ps}. */
    public static Map<String, @Nullable Object> summary(ContainerInspection container) {
        return JsonTree.of(
                "Id", container.id(),
                "Names", names(container),
                "Image", container.config().image(),
                "ImageID", container.imageId(),
                "Command", command(container),
                "Created", container.created().getEpochSecond(),
                "Ports", NetworkView.portList(container),
                "Labels", container.config().labels(),
                "State", container.state().status(),
                "Status", status(container.state()),
                "HostConfig", JsonTree.of("NetworkMode", container.networkMode()),
                "NetworkSettings", JsonTree.of("Networks", NetworkView.places(container)),
                "Mounts", mounts(container));
    }

    private static List<String> names(ContainerInspection container) {
        return Stream.concat(Stream.of(container.name()), container.linkNames().stream())
                .map(name -> "/" + name)
                .sorted()
                .toList();
    }

    private static String command(ContainerInspection container) {
        StringJoiner words = new StringJoiner(" ");
        words.add(quoted(container.path()));
        container.args().forEach(word -> words.add(quoted(word)));
        return words.toString();
    }

    private static String quoted(String word) {
        return word.indexOf(' ') < 0 ? word : "'" + word + "'";
    }

    /** The words of the column STATUS. */
    static String status(StateView state) {
        Instant now = Instant.now();
        String since = state.startedAt()
                .map(start -> HumanTime.of(Duration.between(start, now)))
                .orElse("");
        String ended = state.finishedAt()
                .map(end -> HumanTime.of(Duration.between(end, now)))
                .orElse("");
        return switch (state.status()) {
            case "running" -> "Up " + since + health(state.health());
            case "paused" -> "Up " + since + " (Paused)";
            case "restarting" -> "Restarting (" + state.exitCode() + ") " + ended + " ago";
            case "removing" -> "Removal In Progress";
            case "exited" -> "Exited (" + state.exitCode() + ") " + ended + " ago";
            case "dead" -> "Dead";
            default -> "Created";
        };
    }

    private static String health(Optional<Health> health) {
        return health.map(h -> h.status().equals("starting") ? " (health: starting)" : " (" + h.status() + ")")
                .orElse("");
    }

    private static List<Object> mounts(ContainerInspection container) {
        List<Object> views = new ArrayList<>();
        for (MountPoint mount : container.mounts()) {
            Map<String, @Nullable Object> view = JsonTree.of("Type", mount.type());
            if (!mount.name().isEmpty()) {
                view.put("Name", mount.name());
            }
            view.put("Source", mount.source());
            view.put("Destination", mount.destination());
            if (!mount.driver().isEmpty()) {
                view.put("Driver", mount.driver());
            }
            view.put("Mode", mount.mode());
            view.put("RW", mount.writable());
            view.put("Propagation", mount.propagation());
            views.add(view);
        }
        return views;
    }

    /** All of {@code inspect}. */
    public static Map<String, @Nullable Object> full(ContainerInspection container) {
        Map<String, @Nullable Object> view = JsonTree.of(
                "Id", container.id(),
                "Created", container.created().toString(),
                "Path", container.path(),
                "Args", container.args(),
                "State", state(container.state()),
                "Image", container.imageId(),
                "ResolvConfPath", container.networkFiles().resolvConf().toString(),
                "HostnamePath", container.networkFiles().hostname().toString(),
                "HostsPath", container.networkFiles().hosts().toString(),
                "LogPath", container.logPath().map(Path::toString).orElse(""),
                "Name", "/" + container.name(),
                "RestartCount", container.restartCount(),
                "Driver", "overlayfs",
                "Platform", "linux",
                "MountLabel", "",
                "ProcessLabel", "",
                "AppArmorProfile", "",
                "ExecIDs", JsonTree.orNull(container.execIds()),
                "HostConfig", container.hostConfig(),
                "GraphDriver", JsonTree.of("Name", "overlayfs", "Data", layers(container)),
                "Mounts", mounts(container),
                "Config", container.config());
        view.put("NetworkSettings", networkSettings(container));
        return view;
    }

    private static @Nullable Object layers(ContainerInspection container) {
        return container
                .rootfs()
                .map(root -> (Object) JsonTree.of(
                        "LowerDir", root.lower().stream().map(Path::toString).collect(Collectors.joining(":")),
                        "UpperDir", root.upper().toString(),
                        "WorkDir", root.work().toString()))
                .orElse(null);
    }

    private static Map<String, @Nullable Object> state(StateView state) {
        Map<String, @Nullable Object> view = JsonTree.of(
                "Status", state.status(),
                "Running", state.running(),
                "Paused", state.paused(),
                "Restarting", state.restarting(),
                "OOMKilled", state.oomKilled(),
                "Dead", state.dead(),
                "Pid", state.pid(),
                "ExitCode", state.exitCode(),
                "Error", state.error(),
                "StartedAt", state.startedAt().map(Instant::toString).orElse(NEVER),
                "FinishedAt", state.finishedAt().map(Instant::toString).orElse(NEVER));
        state.health().ifPresent(health -> view.put("Health", health(health)));
        return view;
    }

    private static Map<String, @Nullable Object> health(Health health) {
        List<Object> log = new ArrayList<>();
        for (Health.Probe probe : health.log()) {
            log.add(JsonTree.of(
                    "Start", probe.start().toString(),
                    "End", probe.end().toString(),
                    "ExitCode", probe.exitCode(),
                    "Output", probe.output()));
        }
        return JsonTree.of("Status", health.status(), "FailingStreak", health.failingStreak(), "Log", log);
    }

    private static Map<String, @Nullable Object> networkSettings(ContainerInspection container) {
        Optional<Endpoint> bridge = container.networks().stream()
                .filter(place -> place.network().equals(Networks.BRIDGE))
                .flatMap(place -> place.endpoint().stream())
                .findFirst();
        boolean own =
                container.networks().stream().anyMatch(place -> place.endpoint().isPresent());
        Map<String, @Nullable Object> view = JsonTree.of(
                "Bridge",
                "",
                "SandboxID",
                own ? container.id() : "",
                "SandboxKey",
                own ? "/proc/" + container.state().pid() + "/ns/net" : "",
                "Ports",
                NetworkView.ports(container),
                "HairpinMode",
                false,
                "LinkLocalIPv6Address",
                "",
                "LinkLocalIPv6PrefixLen",
                0,
                "SecondaryIPAddresses",
                null,
                "SecondaryIPv6Addresses",
                null);
        view.putAll(NetworkView.addresses(bridge));
        view.put("MacAddress", bridge.map(Endpoint::mac).orElse(""));
        view.put("Networks", NetworkView.places(container));
        return view;
    }
}
