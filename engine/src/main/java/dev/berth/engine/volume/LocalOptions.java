package dev.berth.engine.volume;

import dev.berth.engine.config.HumanSize;
import dev.berth.engine.error.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The options of the driver {@code local}, in Docker's terms: what is mounted where a volume's files are to be.
 *
 * @param type of the file system; {@code none} or empty for a directory of the host's
 * @param device what is mounted
 * @param options of the mount
 */
record LocalOptions(String type, String device, List<String> options) {
    private static final Map<String, List<String>> REQUIRED = Map.of(
            "type", List.of("device"), "device", List.of("type"), "o", List.of("type", "device"), "size", List.of());
    /** What the kernel makes for containers anyway, and what is no file system. */
    private static final Set<String> OTHERS = Set.of("bind", "proc", "sysfs", "mqueue", "devpts", "cgroup", "cgroup2");

    private static final Pattern OTHER_OPTIONS =
            Pattern.compile("remount|move|r?(private|slave|shared|unbindable)|[xX]-.*");
    private static final Set<String> BINDS = Set.of("bind", "rbind");
    private static final Set<String> BIND_OPTIONS = Set.of("bind", "rbind", "ro", "rw");
    /** {@code MS_BIND}, {@code MS_REC} and {@code MS_RDONLY}, in which Docker tells of a bind that fails. */
    private static final int BIND_FLAG = 0x1000;

    private static final int RECURSIVE_FLAG = 0x4000;
    private static final int READ_ONLY_FLAG = 0x1;

    /**
     * Reads the options of a volume; empty where it has a directory of its own.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the option
     */
    static Optional<LocalOptions> of(Map<String, String> given) {
        if (given.isEmpty()) {
            return Optional.empty();
        }
        for (String option : given.keySet().stream().sorted().toList()) {
            if (!REQUIRED.containsKey(option)) {
                throw EngineException.invalid("invalid option: \"" + option + "\"");
            }
            for (String other : REQUIRED.get(option)) {
                if (!given.containsKey(other)) {
                    throw EngineException.invalid("missing required option: \"" + other + "\"");
                }
            }
        }
        checkSize(given.getOrDefault("size", "0"));
        if (given.keySet().equals(Set.of("size"))) {
            return Optional.empty(); // of nothing: there is no quota
        }
        LocalOptions options = new LocalOptions(
                given.getOrDefault("type", ""),
                given.getOrDefault("device", ""),
                Arrays.stream(given.getOrDefault("o", "").split(","))
                        .filter(option -> !option.isEmpty())
                        .toList());
        options.check();
        return Optional.of(options);
    }

    private static void checkSize(String text) {
        try {
            if (HumanSize.binary(text) > 0) {
                throw EngineException.invalid("quota size requested but no quota support");
            }
        } catch (IllegalArgumentException e) {
            throw EngineException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private void check() {
        for (String text : List.of(type, device, String.join(",", options))) {
            if (text.indexOf('\0') >= 0) {
                throw EngineException.invalid("an option of a volume has a NUL character in it");
            }
        }
        ShareAddress.check(type, device);
        if (OTHERS.contains(type)) {
            throw EngineException.unsupported("the option type=" + type + " of a volume is not supported");
        }
        for (String option : options) {
            if (OTHER_OPTIONS.matcher(option).matches()) {
                throw EngineException.unsupported("the option o=" + option + " of a volume is not supported");
            }
        }
        if (device.isEmpty()) {
            throw EngineException.invalid("missing device in volume options");
        }
        if (isBind()) {
            for (String option : options) {
                if (!BIND_OPTIONS.contains(option)) {
                    throw EngineException.unsupported(
                            "the option o=" + option + " of a volume that binds a directory is not supported");
                }
            }
            if (!device.startsWith("/")) {
                throw EngineException.invalid("the device of a volume that binds a directory, \"" + device
                        + "\", is not the absolute path of one");
            }
        } else if (type.isEmpty() || type.equals("none")) {
            throw EngineException.invalid(
                    "a volume of type \"" + type + "\" needs the option o=bind, or the type of a file system");
        }
    }

    private boolean isBind() {
        return options.stream().anyMatch(BINDS::contains);
    }

    /**
     * Where the files are.
     *
     * @param mountpoint where Docker's driver would mount them
     * @throws EngineException FAILED where the directory it stands for is not there, in Docker's words
     */
    VolumeSource source(Path mountpoint) {
        if (!isBind()) {
            return new VolumeSource.FileSystem(type, device, options);
        }
        Path directory = Path.of(device);
        boolean recursive = options.contains("rbind");
        boolean readOnly = options.contains("ro");
        if (!Files.isDirectory(directory)) {
            int flags = BIND_FLAG | (recursive ? RECURSIVE_FLAG : 0) | (readOnly ? READ_ONLY_FLAG : 0);
            throw new EngineException(
                    EngineException.Kind.FAILED,
                    "error while mounting volume '" + mountpoint + "': failed to mount local volume: mount " + device
                            + ":" + mountpoint + ", flags: 0x" + Integer.toHexString(flags) + ": "
                            + (Files.exists(directory) ? "not a directory" : "no such file or directory"));
        }
        return new VolumeSource.Tree(directory, readOnly, recursive);
    }
}
