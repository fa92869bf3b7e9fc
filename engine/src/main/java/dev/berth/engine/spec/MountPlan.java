package dev.berth.engine.spec;

import dev.berth.engine.config.BindOptions;
import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.Mount;
import dev.berth.engine.config.TmpfsOptions;
import dev.berth.engine.error.EngineException;
import dev.berth.level.MountSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is mounted into a container, in the order in which it is mounted: what lies above comes first.
 *
 * @param entries each target once
 */
public record MountPlan(List<Entry> entries) {
    private static final Pattern VOLUME_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final Set<String> PROPAGATIONS =
            Set.of("rprivate", "private", "rslave", "slave", "rshared", "shared");
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
     * Reads binds, mounts and tmpfs mounts. Looks at the host, but changes nothing.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the mount
     */
    public static MountPlan of(ContainerConfig config, HostConfig host) {
        List<Entry> entries = new ArrayList<>();
        host.binds().forEach(bind -> entries.add(bind(bind)));
        host.mounts().forEach(mount -> entries.add(mount(mount)));
        host.tmpfs().forEach((target, options) -> entries.add(tmpfs(target, options)));
        Set<String> targets = new HashSet<>();
        for (Entry entry : entries) {
            if (!targets.add(entry.spec().target())) {
                throw EngineException.invalid(
                        "Duplicate mount point: " + entry.spec().target());
            }
        }
        config.volumes().forEach(volume -> target(volume, volume));
        entries.sort(
                Comparator.comparingInt(entry -> Path.of(entry.spec().target()).getNameCount()));
        return new MountPlan(List.copyOf(entries));
    }

    private static Entry bind(String bind) {
        String[] parts = bind.split(":", -1);
        if (parts.length > 3 || parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw EngineException.invalid("invalid volume specification: '" + bind + "'");
        }
        if (!parts[0].startsWith("/")) {
            refuseNamed(parts[0], bind);
        }
        String target = target(parts[1], bind);
        boolean readOnly = false;
        String propagation = "rprivate";
        String mode = parts.length == 3 ? parts[2] : "";
        for (String option : mode.isEmpty() ? List.<String>of() : Arrays.asList(mode.split(",", -1))) {
            switch (option) {
                case "ro" -> readOnly = true;
                case "rw", "z", "Z", "consistent", "cached", "delegated" -> {} // labels and caches of other hosts
                case String known when PROPAGATIONS.contains(known) -> propagation = known;
                default -> throw EngineException.invalid("invalid mode: " + mode);
            }
        }
        Path source = path(parts[0], bind);
        return new Entry(new MountSpec.Bind(source, target, readOnly, true, propagation), mode, true);
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
            case "volume", "image", "cluster" ->
                throw EngineException.unsupported("the " + mount.type() + " at " + mount.target()
                        + " (Mounts) is not supported: mount a directory (type bind) instead");
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
        if (options.readOnlyNonRecursive()) {
            throw EngineException.unsupported(what + "ReadOnlyNonRecursive is not supported: what is mounted below is"
                    + " read-only too; give NonRecursive to leave it out");
        }
        if (options.readOnlyForceRecursive() && !mount.readOnly()) {
            throw EngineException.invalid(what + "ReadOnlyForceRecursive requires ReadOnly");
        }
        String propagation = options.propagation().isEmpty() ? "rprivate" : options.propagation();
        if (!PROPAGATIONS.contains(propagation)) {
            throw EngineException.invalid(what + "invalid propagation mode: " + propagation);
        }
        String target = target(mount.target(), mount.target());
        MountSpec spec = new MountSpec.Bind(source, target, mount.readOnly(), !options.nonRecursive(), propagation);
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
        return new Entry(new MountSpec.Tmpfs(target(target, target), List.copyOf(options)), given, false);
    }

    private static void refuseNamed(String name, String bind) {
        if (!VOLUME_NAME.matcher(name).matches()) {
            throw EngineException.invalid("create " + name + ": \"" + name
                    + "\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are"
                    + " allowed. If you intended to pass a host directory, use absolute path");
        }
        throw EngineException.unsupported("the named volume \"" + name
                + "\" is not supported: give the absolute path of a directory of the host instead");
    }

    /** The path inside without what a path may say twice. */
    private static String target(String target, String what) {
        String normal = target.startsWith("/") ? path(target, what).normalize().toString() : "";
        if (normal.isEmpty()) {
            throw EngineException.invalid("invalid volume specification: '" + what
                    + "': invalid mount config for type \"bind\": invalid mount path: '" + target
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
