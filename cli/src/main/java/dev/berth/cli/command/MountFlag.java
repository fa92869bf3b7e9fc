package dev.berth.cli.command;

import dev.berth.cli.json.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code --mount type=volume,source=…,target=…}. */
final class MountFlag {
    /** Fields that say all without a value. */
    private static final Set<String> SWITCHES =
            Set.of("readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src");

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    private MountFlag() {}

    static Map<String, @Nullable Object> parse(String text) {
        Map<String, @Nullable Object> mount = Json.of("Type", "volume");
        Map<String, @Nullable Object> bind = Json.of();
        Map<String, @Nullable Object> tmpfs = Json.of();
        Map<String, @Nullable Object> volume = Json.of();
        Map<String, @Nullable Object> image = Json.of();
        for (String field : text.split(",")) {
            int equals = field.indexOf('=');
            String name = equals < 0 ? field : field.substring(0, equals);
            if (equals < 0 && !SWITCHES.contains(name)) {
                throw Values.invalid(text, "mount", "invalid field '" + field + "' must be a key=value pair");
            }
            String value = equals < 0 ? "true" : field.substring(equals + 1);
            switch (name) {
                case "type" -> mount.put("Type", value);
                case "source", "src" -> mount.put("Source", value);
                case "target", "dst", "destination" -> mount.put("Target", value);
                case "readonly", "ro" -> mount.put("ReadOnly", truth(text, name, value));
                case "consistency" -> mount.put("Consistency", value);
                case "bind-propagation" -> bind.put("Propagation", value);
                case "bind-nonrecursive" -> bind.put("NonRecursive", truth(text, name, value));
                case "bind-recursive" -> recursive(text, value, bind);
                case "bind-create-src" -> bind.put("CreateMountpoint", truth(text, name, value));
                case "volume-nocopy" -> volume.put("NoCopy", truth(text, name, value));
                case "image-subpath" -> image.put("Subpath", value);
                case "volume-subpath" -> volume.put("Subpath", value);
                case "volume-label" -> add(volume, "Labels", value);
                case "volume-driver" -> driver(volume).put("Name", value);
                case "volume-opt" -> add(driver(volume), "Options", value);
                case "tmpfs-size" -> tmpfs.put("SizeBytes", Values.bytes(value, "mount"));
                case "tmpfs-mode" -> tmpfs.put("Mode", mode(text, value));
                default -> throw Values.invalid(text, "mount", "unexpected key '" + name + "' in '" + field + "'");
            }
        }
        if (mount.get("Target") == null) {
            throw Values.invalid(text, "mount", "target is required");
        }
        requireReadOnly(text, mount, bind);
        addOptions(text, mount, "volume", volume);
        addOptions(text, mount, "image", image);
        addOptions(text, mount, "bind", bind);
        addOptions(text, mount, "tmpfs", tmpfs);
        return mount;
    }

    private static void recursive(String text, String value, Map<String, @Nullable Object> bind) {
        switch (value) {
            case "enabled" -> {} // as it is without a word
            case "disabled" -> bind.put("NonRecursive", true);
            case "writable" -> bind.put("ReadOnlyNonRecursive", true);
            case "readonly" -> bind.put("ReadOnlyForceRecursive", true);
            default ->
                throw Values.invalid(
                        text,
                        "mount",
                        "invalid value for bind-recursive: " + value
                                + " (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
        }
    }

    private static void requireReadOnly(
            String text, Map<String, @Nullable Object> mount, Map<String, @Nullable Object> bind) {
        boolean readOnly = Boolean.TRUE.equals(mount.get("ReadOnly"));
        if (bind.containsKey("ReadOnlyNonRecursive") && !readOnly) {
            throw Values.invalid(
                    text,
                    "mount",
                    "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction");
        }
        if (bind.containsKey("ReadOnlyForceRecursive")) {
            if (!readOnly) {
                throw Values.invalid(
                        text,
                        "mount",
                        "option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction");
            }
            if (!"rprivate".equals(bind.get("Propagation"))) {
                throw Values.invalid(
                        text,
                        "mount",
                        "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in"
                                + " conjunction");
            }
        }
    }

    @SuppressWarnings("unchecked") // what is put there is always one
    private static Map<String, @Nullable Object> driver(Map<String, @Nullable Object> volume) {
        return (Map<String, @Nullable Object>)
                Objects.requireNonNull(volume.computeIfAbsent("DriverConfig", name -> Json.of()));
    }

    /** Adds {@code name=value} to a map in a map. */
    @SuppressWarnings("unchecked") // what is put there is always one
    private static void add(Map<String, @Nullable Object> to, String member, String text) {
        Map<String, @Nullable Object> map =
                (Map<String, @Nullable Object>) Objects.requireNonNull(to.computeIfAbsent(member, name -> Json.of()));
        String[] parts = text.split("=", 2);
        map.put(parts[0], parts.length == 2 ? parts[1] : "");
    }

    /** Options of one type of mount say nothing for another. */
    private static void addOptions(
            String text, Map<String, @Nullable Object> mount, String type, Map<String, @Nullable Object> options) {
        if (options.isEmpty()) {
            return;
        }
        if (!type.equals(mount.get("Type"))) {
            throw Values.invalid(
                    text, "mount", "cannot mix '" + type + "-*' options with mount type '" + mount.get("Type") + "'");
        }
        mount.put(type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1) + "Options", options);
    }

    private static boolean truth(String text, String name, String value) {
        if (TRUE.contains(value) || FALSE.contains(value)) {
            return TRUE.contains(value);
        }
        throw Values.invalid(text, "mount", "invalid value for " + name + ": " + value);
    }

    private static long mode(String text, String value) {
        try {
            return Long.parseLong(value, 8);
        } catch (NumberFormatException e) {
            throw Values.invalid(text, "mount", "invalid value for tmpfs-mode: " + value);
        }
    }
}
