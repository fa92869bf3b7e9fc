package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.EventStream;
import dev.berth.api.view.ContainerView;
import dev.berth.api.view.ImageView;
import dev.berth.api.view.InfoView;
import dev.berth.api.view.VolumeView;
import dev.berth.engine.Engine;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.container.ListQuery;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.EventQuery;
import dev.berth.engine.system.SystemInfo;
import dev.berth.engine.volume.VolumeInspection;
import dev.berth.image.Image;
import dev.berth.image.ImageUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /_ping}, {@code /version}, {@code /info}, {@code /events}, {@code /system}. */
final class SystemRoutes {
    private static final Set<String> TYPES = Set.of("image", "container", "volume", "build-cache");

    private final Engine engine;
    private final BuildRoutes builds;
    private final String version;

    SystemRoutes(Engine engine, BuildRoutes builds, String version) {
        this.engine = engine;
        this.builds = builds;
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
        call.exchange().header("Builder-Version", "2");
        byte[] body = "OK".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        call.exchange().answer(Status.OK, "text/plain; charset=utf-8", body);
    }

    private void version(Call call) throws IOException {
        SystemInfo info = engine.system();
        call.answer(JsonTree.of(
                "Platform", JsonTree.of("Name", "Berth " + version),
                "Components", components(info),
                "Version", Version.ofServer(version),
                "ApiVersion", Version.NEWEST.toString(),
                "MinAPIVersion", Version.OLDEST.toString(),
                "GitCommit", "",
                "GoVersion", "",
                "Os", "linux",
                "Arch", info.architecture(),
                "KernelVersion", info.kernelVersion(),
                "BuildTime", ""));
    }

    /** Docker's engine that this is like, this one, the machine it runs on, and each level of virtualization. */
    private List<Object> components(SystemInfo info) {
        List<Object> components = new ArrayList<>();
        String java = System.getProperty("java.vm.version", "");
        components.add(component(
                "Engine",
                Version.ofServer(version),
                JsonTree.of(
                        "ApiVersion", Version.NEWEST.toString(),
                        "Arch", info.architecture(),
                        "Experimental", "false",
                        "JavaVersion", java,
                        "KernelVersion", info.kernelVersion(),
                        "MinAPIVersion", Version.OLDEST.toString(),
                        "Os", "linux")));
        components.add(component("Berth", version, JsonTree.of()));
        components.add(component(
                "java",
                java,
                JsonTree.of(
                        "Vendor",
                        System.getProperty("java.vendor", ""),
                        "VM",
                        System.getProperty("java.vm.name", ""))));
        info.levels().forEach(level -> components.add(component("level-" + level, version, JsonTree.of())));
        return components;
    }

    private static Object component(String name, String version, Map<String, ?> details) {
        return JsonTree.of("Name", name, "Version", version, "Details", details);
    }

    private void info(Call call) throws IOException {
        call.answer(InfoView.of(engine.system(), engine.images().store().registries(), Version.ofServer(version)));
    }

    private void events(Call call) throws IOException {
        EventQuery query = new EventQuery(Times.exact(call, "since"), Times.exact(call, "until"), call.filters());
        new EventStream(call::json).run(call.exchange(), engine.events(), query);
    }

    /** With {@code type}, given once for each, only what of these types there is. */
    private void diskUsage(Call call) throws IOException {
        Set<String> types = new HashSet<>(call.exchange().request().queryValues("type"));
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw EngineException.invalid("unknown object type: " + type);
            }
        }
        Map<String, @Nullable Object> tree = JsonTree.of();
        if (types.isEmpty() || types.contains("image")) {
            ImageUsage usage = engine.images().store().usage();
            tree.put("LayersSize", usage.layersBytes());
            tree.put("Images", images(usage));
        }
        if (types.isEmpty() || types.contains("container")) {
            tree.put("Containers", containers());
        }
        if (types.isEmpty() || types.contains("volume")) {
            tree.put("Volumes", volumes());
        }
        if (types.isEmpty() || types.contains("build-cache")) {
            tree.put("BuildCache", builds.usage());
        }
        call.answer(tree);
    }

    private List<Object> images(ImageUsage usage) throws IOException {
        List<Object> views = new ArrayList<>();
        for (Image image : engine.images().store().list()) {
            views.add(ImageView.summary(
                    image, engine.images().containersOf(image.id().toString()), usage.shared(image)));
        }
        return views;
    }

    private List<Object> volumes() {
        List<Object> views = new ArrayList<>();
        for (VolumeInspection volume : engine.volumes().list(Map.of())) {
            views.add(VolumeView.withUsage(volume, engine.volumes().size(volume.name())));
        }
        return views;
    }

    private List<Object> containers() throws IOException {
        ContainerSizes sizes = new ContainerSizes(engine);
        List<Object> views = new ArrayList<>();
        for (ContainerInspection container :
                engine.containers().list(ListQuery.ALL).toList()) {
            Map<String, @Nullable Object> view = ContainerView.summary(container);
            sizes.addTo(view, container);
            views.add(view);
        }
        return views;
    }
}
