package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogOptions;
import dev.berth.engine.network.NetworkState;
import dev.berth.engine.spec.ConfigMerge;
import dev.berth.engine.spec.NamespacePlan;
import dev.berth.engine.spec.SandboxPlan;
import dev.berth.engine.spec.StorageSize;
import dev.berth.engine.state.Ids;
import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.Trees;
import dev.berth.engine.system.HostFacts;
import dev.berth.image.Image;
import dev.berth.image.oci.ImageException;
import dev.berth.level.Level;
import dev.berth.level.LevelException;
import dev.berth.level.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The making of a container: everything is checked before anything is made, and what was made goes if the rest fails. */
final class Creation {
    private final Facilities facilities;
    private final ContainerIndex index;
    private final ContainerVolumes volumes;
    private final ContainerNetworking networking;

    Creation(Facilities facilities, ContainerIndex index) {
        this.facilities = facilities;
        this.index = index;
        this.volumes = new ContainerVolumes(facilities);
        this.networking = new ContainerNetworking(facilities, index);
    }

    Created create(CreateRequest request) {
        Optional<String> name = request.name().filter(text -> !text.isEmpty()).map(Names::check);
        HostConfig host = withLogs(request.hostConfig());
        Optional<Image> image = host.rootfs().isEmpty() ? Optional.of(image(request)) : tree(request);
        dev.berth.image.oci.ContainerConfig base =
                image.map(found -> found.config().config()).orElse(dev.berth.image.oci.ContainerConfig.EMPTY);
        Platform platform = image.map(found -> found.config().platform())
                .map(p -> new Platform(p.os(), p.architecture(), p.variant()))
                .orElse(Platform.host());
        String id = Ids.random();
        SandboxPlan asked = SandboxPlan.of(
                ConfigMerge.merge(request.config(), base, Container.shortId(id)), host, request.networking());
        String networkMode = asked.namespaces().networkMode();
        Map<String, EndpointConfig> networks =
                Links.places(host, networkMode, NamespacePlan.networks(networkMode, request.networking()));
        HostConfig kept = networking.withLinks(host, networkMode);
        networking.check(host, asked.config(), networks);
        asked.namespaces().refuseHostname(request.config().hostname());
        asked.namespaces().refuseOthers(request.config(), host);
        LogOptions.of(host.logConfig()).requireThere();
        if (!asked.config().stopSignal().isEmpty()) {
            Signals.parse(asked.config().stopSignal());
        }
        check(host, platform);
        checkSize(host);
        VolumesFrom.Inherited inherited = new VolumesFrom(index).of(host, asked.mounts());
        ContainerConfig config = ConfigMerge.merge(
                request.config(), base, hostname(asked.namespaces()).orElse(Container.shortId(id)));
        String taken = index.takeName(name, id);
        List<ContainerVolumes.Taken> taking = List.of();
        try {
            taking = volumes.take(id, asked.mounts(), inherited);
            Container container = make(
                    new ContainerRecord(
                            id,
                            taken,
                            Instant.now(),
                            image.map(found -> found.id().toString()).orElse(""),
                            config,
                            kept,
                            facilities.levels().resolve(host.level()),
                            platform.os(),
                            platform.architecture(),
                            platform.variant(),
                            inherited.binds(),
                            taking.stream().map(ContainerVolumes.Taken::mount).toList(),
                            networks,
                            NetworkState.NONE,
                            State.CREATED,
                            Optional.empty()),
                    image,
                    taking);
            volumes.settle(container);
            enter(container);
            return new Created(id, warnings(container));
        } catch (IOException | RuntimeException e) {
            index.giveNameBack(taken);
            volumes.giveBack(id, taking);
            throw e instanceof EngineException known
                    ? known
                    : EngineException.failed("creating container " + taken + " failed: " + e.getMessage(), e);
        }
    }

    /** Has it be there for everybody, who can do nothing with it before it is told that it was created. */
    private void enter(Container container) {
        container.lock();
        try {
            index.add(container);
            container.publish("create");
        } finally {
            container.unlock();
        }
    }

    /** With the engine's own choice of where output is kept, where the container has none. */
    private HostConfig withLogs(HostConfig asked) {
        LogConfig logs = asked.logConfig().orDefault(facilities.logs());
        return logs.equals(asked.logConfig())
                ? asked
                : Updating.merge(
                        facilities.jsonb(),
                        asked,
                        Map.of("LogConfig", Map.of("Type", logs.type(), "Config", logs.config())));
    }

    private Container make(ContainerRecord record, Optional<Image> image, List<ContainerVolumes.Taken> taking)
            throws IOException {
        Path directory = facilities.containers().resolve(record.id());
        Files.createDirectory(directory);
        try {
            ContainerRoot root = image.isPresent()
                    ? ContainerRoot.create(
                            facilities.images(), record.id(), image.get(), StorageSize.of(record.hostConfig()))
                    : ContainerRoot.OfTree.of(Path.of(record.hostConfig().rootfs()), directory);
            Container container = new Container(facilities, record, StateFile.in(directory), root);
            volumes.fill(taking, root);
            container.write();
            facilities.writer().later(container);
            return container;
        } catch (IOException | RuntimeException e) {
            facilities.images().removeWritable(record.id());
            Trees.delete(directory);
            throw e;
        }
    }

    private Image image(CreateRequest request) {
        String name = request.config().image();
        if (name.isEmpty()) {
            throw EngineException.invalid("no image was given");
        }
        try {
            return facilities.images().find(name, request.platform());
        } catch (ImageException e) {
            throw switch (e.kind()) {
                case NO_MATCHING_PLATFORM -> EngineException.notFound(String.valueOf(e.getMessage()));
                case NOT_FOUND -> EngineException.notFound("No such image: " + withTag(name));
                case AMBIGUOUS, BAD_REQUEST -> EngineException.invalid(String.valueOf(e.getMessage()));
                default -> EngineException.failed("reading image " + name + " failed: " + e.getMessage(), e);
            };
        } catch (IOException e) {
            throw EngineException.failed("reading image " + name + " failed: " + e.getMessage(), e);
        }
    }

    private static String withTag(String name) {
        return name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/') ? name : name + ":latest";
    }

    /** Checks a request for a tree of the host's; such a container has no image. */
    private static Optional<Image> tree(CreateRequest request) {
        String path = request.hostConfig().rootfs();
        if (!request.config().image().isEmpty()) {
            throw EngineException.invalid("an image (" + request.config().image() + ") and a root file system (" + path
                    + ") exclude each other");
        }
        if (!path.startsWith("/") || path.indexOf('\0') >= 0 || !Files.isDirectory(Path.of(path))) {
            throw EngineException.invalid("the root file system \"" + path.replace('\0', '?')
                    + "\" is not the absolute path of a directory of this host");
        }
        return Optional.empty();
    }

    private void check(HostConfig host, Platform platform) {
        Level level = facilities.levels().get(host.level());
        try {
            if (level.supports(platform) instanceof Level.Support.No no) {
                throw EngineException.unsupported(
                        "the level \"" + level.name() + "\" cannot run " + platform + ": " + no.reason());
            }
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        }
    }

    private void checkSize(HostConfig host) {
        if (StorageSize.of(host) != 0) {
            try {
                facilities.images().requireSizes();
            } catch (ImageException e) {
                throw EngineException.unsupported(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw EngineException.failed("looking at the data root's file system failed: " + e.getMessage(), e);
            }
        }
    }

    /** The host name that is another's; empty where the container has one of its own. */
    private Optional<String> hostname(NamespacePlan namespaces) {
        boolean hosts = namespaces.network() instanceof NamespacePlan.Use.Hosts
                || namespaces.uts() instanceof NamespacePlan.Use.Hosts;
        return hosts
                ? Optional.of(HostFacts.hostname())
                : namespaces
                        .networkContainer()
                        .flatMap(this::container)
                        .map(other -> other.config().hostname());
    }

    /** A container that may be missing: the start needs it, and says so. */
    private Optional<Container> container(String name) {
        try {
            return Optional.of(index.find(name));
        } catch (EngineException e) {
            return Optional.empty();
        }
    }

    private static List<String> warnings(Container container) {
        List<String> warnings = new ArrayList<>();
        if (container.root() instanceof ContainerRoot.OfTree tree && tree.scratch()) {
            warnings.add(
                    "The root file system contains the data root: changes to it are kept in memory and are gone when"
                            + " the container ends.");
        }
        return List.copyOf(warnings);
    }
}
