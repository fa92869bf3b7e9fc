package dev.berth.cli.command;

import dev.berth.cli.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code --mount type=bind,source=…,target=…}. */
final class MountFlag {
    /** Fields that say all without a value. */
    private static final Set<String> SWITCHES = Set.of("readonly", "ro", "volume-nocopy", "bind-nonrecursive");

    private MountFlag() {}

    static Map<String, @Nullable Object> parse(String text) {
        Map<String, @Nullable Object> mount = Json.of("Type", "volume");
        Map<String, @Nullable Object> bind = Json.of();
        Map<String, @Nullable Object> tmpfs = Json.of();
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
                case "readonly", "ro" ->
                    mount.put("ReadOnly", List.of("true", "1").contains(value));
                case "consistency" -> mount.put("Consistency", value);
                case "bind-propagation" -> bind.put("Propagation", value);
                case "bind-nonrecursive" ->
                    bind.put("NonRecursive", List.of("true", "1").contains(value));
                case "tmpfs-size" -> tmpfs.put("SizeBytes", Values.bytes(value, "mount"));
                case "tmpfs-mode" -> tmpfs.put("Mode", mode(text, value));
                default -> throw Values.invalid(text, "mount", "unexpected key '" + name + "' in '" + field + "'");
            }
        }
        if (mount.get("Target") == null) {
            throw Values.invalid(text, "mount", "target is required");
        }
        refuseMixed(text, String.valueOf(mount.get("Type")), "bind", bind);
        refuseMixed(text, String.valueOf(mount.get("Type")), "tmpfs", tmpfs);
        if (!bind.isEmpty()) {
            mount.put("BindOptions", bind);
        }
        if (!tmpfs.isEmpty()) {
            mount.put("TmpfsOptions", tmpfs);
        }
        return mount;
    }

    private static void refuseMixed(String text, String type, String options, Map<String, @Nullable Object> given) {
        if (!given.isEmpty() && !type.equals(options)) {
            throw Values.invalid(
                    text, "mount", "cannot mix '" + options + "-*' options with mount type '" + type + "'");
        }
    }

    private static long mode(String text, String value) {
        try {
            return Long.parseLong(value, 8);
        } catch (NumberFormatException e) {
            throw Values.invalid(text, "mount", "invalid value for tmpfs-mode: " + value);
        }
    }
}
