package dev.berth.engine.spec;

import dev.berth.engine.config.BindOptions;
import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.DriverConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.Mount;
import dev.berth.engine.config.TmpfsOptions;
import dev.berth.engine.config.VolumeOptions;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.volume.VolumeNames;
import dev.berth.engine.volume.VolumeRequest;
import dev.berth.level.MountSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is mounted into a container, in the order in which it is mounted: what lies above comes first.
 *
 * @param entries what the host has, and memory; each target once, those of volumes counted
 * @param volumes those asked for, with names or without
 * @param declared paths that the configuration declares as volumes and on which nothing else is mounted by this plan
 */
public record MountPlan(List<Entry> entries, List<VolumeEntry> volumes, List<String> declared) {
    static final Set<String> PROPAGATIONS = Set.of("rprivate", "private", "rslave", "slave", "rshared", "shared");

    /** What Docker tells of a volume's mode where none was given: several containers may share it. */
    private static final String SHARED_LABEL = "z";

    /** What Docker makes every tmpfs with; what is asked for comes after and wins. */
    private static final List<String> TMPFS_OPTIONS = List.of("noexec", "nosuid", "nodev");

    private static final Set<String> TMPFS_SETTINGS =
            Set.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol", "huge");
    private static final Set<String> TMPFS_FLAGS = Set.of(
            "ro",
            "rw",
            "exec",
            "noexec",
            "suid",
            "nosuid",
            "dev",
            "nodev",
            "sync",
            "async",
            "dirsync",
            "remount",
            "mand",
            "nomand",
            "atime",
            "noatime",
            "diratime",
            "nodiratime",
            "bind",
            "rbind",
            "private",
            "rprivate",
            "shared",
            "rshared",
            "slave",
            "rslave",
            "unbindable",
            "runbindable",
            "relatime",
            "norelatime",
            "strictatime",
            "nostrictatime");

    private static final int TMPFS_MODE_MAX = 07777;

    /**
     * One mount.
     *
     * @param mode the options as they were given
     * @param makeSource whether a missing source is made, as a directory
     */
    public record Entry(MountSpec spec, String mode, boolean makeSource) {}

    /**
     * A volume.
     *
     * @param request how it is made where it is missing
     * @param mode the options as they were given
     * @param copy whether a new one gets what the image has there
     * @param subpath what is mounted of it; empty for all
     */
    public record VolumeEntry(
            VolumeRequest request, String target, String mode, boolean readOnly, boolean copy, String subpath) {
        /** A declared volume. */
        public static VolumeEntry declared(String target) {
            return new VolumeEntry(VolumeRequest.named(""), target, "", false, true, "");
        }
    }

    /**
     * Reads binds, mounts and tmpfs mounts. Looks at the host, but changes nothing.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the mount
     */
    public static MountPlan of(ContainerConfig config, HostConfig host) {
        List<Entry> entries = new ArrayList<>();
        List<VolumeEntry> volumes = new ArrayList<>();
        for (String bind : host.binds()) {
            BindText text = BindText.parse(bind);
            if (text.isVolume()) {
                volumes.add(volume(text));
            } else {
                entries.add(bind(text));
            }
        }
        for (Mount mount : host.mounts()) {
            if (mount.type().equals("volume")) {
                volumes.add(volume(mount));
            } else {
                entries.add(mount(mount));
            }
        }
        host.tmpfs().forEach((target, options) -> entries.add(tmpfs(target, options)));
        Set<String> targets = new HashSet<>();
        Stream.concat(
                        entries.stream().map(entry -> entry.spec().target()),
                        volumes.stream().map(VolumeEntry::target))
                .forEach(target -> {
                    if (!targets.add(target)) {
                        throw EngineException.invalid("Duplicate mount point: " + target);
                    }
                });
        List<String> declared = config.volumes().stream()
                .map(volume -> target(volume, volume, "bind"))
                .filter(targets::add)
                .toList();
        entries.sort(
                Comparator.comparingInt(entry -> Path.of(entry.spec().target()).getNameCount()));
        return new MountPlan(List.copyOf(entries), List.copyOf(volumes), declared);
    }

    /** All paths that this plan mounts something on, declared ones left out. */
    public Set<String> targets() {
        Set<String> targets = new HashSet<>();
        entries.forEach(entry -> targets.add(entry.spec().target()));
        volumes.forEach(volume -> targets.add(volume.target()));
        return targets;
    }

    private static Entry bind(BindText text) {
        if (text.noCopy().isPresent()) {
            throw text.invalid("bind", "field VolumeOptions must not be specified");
        }
        String target = target(text.target(), text.whole(), "bind");
        Path source = path(text.source(), text.whole());
        return new Entry(
                new MountSpec.Bind(
                        source,
                        target,
                        text.readOnly(),
                        true,
                        text.propagation().orElse("rprivate")),
                text.mode(),
                true);
    }

    private static VolumeEntry volume(BindText text) {
        if (text.propagation().isPresent()) {
            throw text.invalid("volume", "field BindOptions must not be specified");
        }
        String target = target(text.target(), text.whole(), "volume");
        if (!text.source().isEmpty()) {
            VolumeNames.check(text.source());
        } else if (text.readOnly()) {
            throw text.invalid("volume", "must not set ReadOnly mode when using anonymous volumes");
        }
        return new VolumeEntry(
                VolumeRequest.named(text.source()),
                target,
                text.mode().isEmpty() ? SHARED_LABEL : text.mode(),
                text.readOnly(),
                !text.noCopy().orElse(false),
                "");
    }

    private static VolumeEntry volume(Mount mount) {
        String what = "invalid mount config for type \"volume\": ";
        refuseForeignOptions(mount, what);
        if (mount.target().isEmpty()) {
            throw EngineException.invalid(what + "field Target must not be empty");
        }
        VolumeOptions options = mount.volumeOptions().orElse(VolumeOptions.NONE);
        boolean anonymous = mount.source().isEmpty();
        if (!options.subpath().isEmpty() && anonymous) {
            throw EngineException.invalid(what + "must not set Subpath when using anonymous volumes");
        }
        if (!isLocal(options.subpath())) {
            throw EngineException.invalid(what + "subpath must be a relative path within the volume");
        }
        if (mount.readOnly() && anonymous) {
            throw EngineException.invalid(what + "must not set ReadOnly mode when using anonymous volumes");
        }
        if (!anonymous) {
            VolumeNames.check(mount.source());
        }
        Optional<DriverConfig> driver = options.driverConfig();
        return new VolumeEntry(
                new VolumeRequest(
                        mount.source(),
                        driver.map(DriverConfig::name).orElse(""),
                        driver.map(DriverConfig::options).filter(map -> !map.isEmpty()),
                        Optional.of(options.labels()).filter(map -> !map.isEmpty()),
                        Optional.empty()),
                target(mount.target(), mount.target(), mount.type()),
                SHARED_LABEL,
                mount.readOnly(),
                !options.noCopy(),
                options.subpath());
    }

    /** Whether a path stays where it begins as far as its words go; where its links lead, the mount tells. */
    private static boolean isLocal(String subpath) {
        return !subpath.startsWith("/")
                && subpath.indexOf('\0') < 0
                && !Path.of(subpath).normalize().startsWith("..");
    }

    private static Entry mount(Mount mount) {
        String what = "invalid mount config for type \"" + mount.type() + "\": ";
        refuseForeignOptions(mount, what);
        if (mount.target().isEmpty()) {
            throw EngineException.invalid(what + "field Target must not be empty");
        }
        return switch (mount.type()) {
            case "bind" -> bind(mount, what);
            case "tmpfs" -> {
                if (!mount.source().isEmpty()) {
                    throw EngineException.invalid(what + "field Source must not be specified");
                }
                TmpfsOptions options = mount.tmpfsOptions().orElse(new TmpfsOptions(0, 0, List.of()));
                if (options.sizeBytes() < 0 || options.mode() < 0 || options.mode() > TMPFS_MODE_MAX) {
                    throw EngineException.invalid(what + "the size or the mode is out of range");
                }
                yield tmpfs(
                        mount.target(),
                        (mount.readOnly() ? "ro" : "rw")
                                + (options.sizeBytes() > 0 ? ",size=" + options.sizeBytes() : "")
                                + (options.mode() > 0 ? ",mode=" + Integer.toOctalString(options.mode()) : "")
                                + options.options().stream()
                                        .map(option -> "," + String.join("=", option))
                                        .collect(Collectors.joining()));
            }
            case "image", "cluster" ->
                throw EngineException.unsupported("the " + mount.type() + " at " + mount.target()
                        + " (Mounts) is not supported: mount a volume (type volume) instead");
            default ->
                throw EngineException.invalid(
                        "invalid mount config for type \"" + mount.type() + "\": mount type unknown");
        };
    }

    /** Options of one type of mount say nothing for another (as Docker refuses them). */
    private static void refuseForeignOptions(Mount mount, String what) {
        Map<String, Optional<?>> options = Map.of(
                "bind", mount.bindOptions(),
                "volume", mount.volumeOptions(),
                "image", mount.imageOptions(),
                "tmpfs", mount.tmpfsOptions());
        options.forEach((type, given) -> {
            if (given.isPresent() && !type.equals(mount.type())) {
                String name = type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1) + "Options";
                throw EngineException.invalid(what + "field " + name + " must not be specified");
            }
        });
    }

    private static Entry bind(Mount mount, String what) {
        BindOptions options = mount.bindOptions().orElse(new BindOptions("", false, false, false, false));
        if (mount.source().isEmpty()) {
            throw EngineException.invalid(what + "field Source must not be empty");
        }
        if (!mount.source().startsWith("/")) {
            throw EngineException.invalid(
                    what + "invalid mount path: '" + mount.source() + "' mount path must be absolute");
        }
        Path source = path(mount.source(), mount.source());
        if (!options.createMountpoint() && !Files.exists(source)) {
            throw EngineException.invalid(what + "bind source path does not exist: " + mount.source());
        }
        if ((options.readOnlyForceRecursive() || options.readOnlyNonRecursive()) && !mount.readOnly()) {
            throw EngineException.invalid(
                    what + (options.readOnlyNonRecursive() ? "ReadOnlyNonRecursive" : "ReadOnlyForceRecursive")
                            + " requires ReadOnly");
        }
        if (options.readOnlyForceRecursive() && options.readOnlyNonRecursive()) {
            throw EngineException.invalid(what + "ReadOnlyForceRecursive conflicts with ReadOnlyNonRecursive");
        }
        String propagation = options.propagation().isEmpty() ? "rprivate" : options.propagation();
        if (!PROPAGATIONS.contains(propagation)) {
            throw EngineException.invalid(what + "invalid propagation mode: " + propagation);
        }
        String target = target(mount.target(), mount.target(), mount.type());
        MountSpec.Access access = !mount.readOnly()
                ? MountSpec.Access.READ_WRITE
                : options.readOnlyNonRecursive() ? MountSpec.Access.TOP_READ_ONLY : MountSpec.Access.READ_ONLY;
        MountSpec spec = new MountSpec.Bind(source, "", target, access, !options.nonRecursive(), propagation);
        return new Entry(spec, "", options.createMountpoint());
    }

    private static Entry tmpfs(String target, String given) {
        List<String> options = new ArrayList<>(TMPFS_OPTIONS);
        for (String option : given.split(",", -1)) {
            if (!option.isEmpty()) {
                String[] parts = option.split("=", 2);
                if (!(parts.length == 2 ? TMPFS_SETTINGS : TMPFS_FLAGS).contains(parts[0])) {
                    throw EngineException.invalid("invalid tmpfs option [\"" + String.join("\" \"", parts) + "\"]");
                }
                options.add(option);
            }
        }
        return new Entry(new MountSpec.Tmpfs(target(target, target, "tmpfs"), List.copyOf(options)), given, false);
    }

    /** The path inside without what a path may say twice. */
    private static String target(String target, String what, String type) {
        String normal = target.startsWith("/") ? path(target, what).normalize().toString() : "";
        if (normal.isEmpty()) {
            throw EngineException.invalid("invalid volume specification: '" + what
                    + "': invalid mount config for type \"" + type + "\": invalid mount path: '" + target
                    + "' mount path must be absolute");
        }
        if (normal.equals("/")) {
            throw EngineException.invalid("invalid mount specification: '" + what + "': destination can't be '/'");
        }
        return normal;
    }

    private static Path path(String path, String what) {
        if (path.indexOf('\0') >= 0) {
            throw EngineException.invalid(
                    "invalid mount specification: '" + what.replace('\0', '?') + "': a path has no NUL character");
        }
        return Path.of(path);
    }
}
