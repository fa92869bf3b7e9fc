package dev.berth.engine.log;

import dev.berth.engine.config.HumanSize;
import dev.berth.engine.config.Limits;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a container's output goes, and what becomes of it on the way.
 *
 * @param dropAbove bytes of output that may wait before the oldest is dropped (Docker's {@code mode=non-blocking});
 *     empty to hold up the container instead
 * @param attributes what each message says of its container
 */
public record LogOptions(Target target, OptionalLong dropAbove, LogAttributes attributes) {
    /** The drivers there are, as {@code info} lists them. */
    public static final List<String> DRIVERS = List.of("journald", "json-file", "local", "none", "syslog");

    private static final long RING_BYTES = 1_000_000; // Docker's default

    /** Where messages go. */
    sealed interface Target {
        /** Nowhere. */
        record None() implements Target {}

        /** Into files of Docker's json-file driver. */
        record JsonFile(Rotation rotation) implements Target {}

        /** Into files of Docker's local driver. */
        record Local(Rotation rotation) implements Target {}

        /** To the host's journal, and to files that are read instead of it. */
        record Journal(Optional<Rotation> cache) implements Target {}

        /** To a syslog server, and to files that are read instead of it. */
        record Syslog(SyslogOptions server, Optional<Rotation> cache) implements Target {}
    }

    /** Whether output goes anywhere. */
    boolean isKept() {
        return !(target instanceof Target.None);
    }

    /** Whether it can be read again. */
    public boolean isReadable() {
        return switch (target) {
            case Target.None() -> false;
            case Target.JsonFile json -> true;
            case Target.Local local -> true;
            case Target.Journal(Optional<Rotation> cache) -> cache.isPresent();
            case Target.Syslog(SyslogOptions server, Optional<Rotation> cache) -> cache.isPresent();
        };
    }

    /**
     * Reads Docker's log configuration.
     *
     * @throws EngineException INVALID, in Docker's words, for a driver or option that does not exist or has a malformed
     *     value
     */
    public static LogOptions of(LogConfig config) {
        Map<String, String> options = config.config();
        try {
            if (config.type().equals("none")) {
                return new LogOptions(new Target.None(), OptionalLong.empty(), LogAttributes.NONE);
            }
            OptionalLong dropAbove = mode(options);
            Optional<Rotation> cache = cache(options);
            Target target = switch (config.type()) {
                case "json-file" -> jsonFile(options);
                case "local" -> local(options);
                case "journald" -> journal(options, cache);
                case "syslog" -> syslog(options, cache);
                default ->
                    throw EngineException.invalid("logger: no log driver named '" + config.type() + "' is registered");
            };
            return new LogOptions(target, dropAbove, LogAttributes.of(options));
        } catch (IllegalArgumentException e) {
            throw EngineException.invalid("failed to initialize logging driver: " + e.getMessage());
        }
    }

    /**
     * Makes sure that what is named on this host is there.
     *
     * @throws EngineException INVALID where it is not
     */
    public void requireThere() {
        if (target instanceof Target.Syslog(SyslogOptions server, Optional<Rotation> cache)) {
            try {
                server.requireThere();
            } catch (IllegalArgumentException e) {
                throw EngineException.invalid(String.valueOf(e.getMessage()));
            }
        }
    }

    private static OptionalLong mode(Map<String, String> options) {
        String mode = options.getOrDefault("mode", "");
        if (!Set.of("", "blocking", "non-blocking").contains(mode)) {
            throw EngineException.invalid("logger: logging mode not supported: " + mode);
        }
        String size = options.get("max-buffer-size");
        if (!mode.equals("non-blocking")) {
            if (size != null) {
                throw EngineException.invalid(
                        "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
            }
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(size == null ? RING_BYTES : HumanSize.binary(size));
        } catch (IllegalArgumentException e) {
            throw EngineException.invalid("error parsing option max-buffer-size: " + e.getMessage());
        }
    }

    /** How what cannot be read from its driver is kept as well; Docker's options for that begin with {@code cache-}. */
    private static Optional<Rotation> cache(Map<String, String> options) {
        String disabled = options.getOrDefault("cache-disabled", "");
        try {
            if (!disabled.isEmpty() && bool(disabled)) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            throw EngineException.invalid("invalid value for option cache-disabled: " + disabled);
        }
        return Optional.of(localRotation(options, "cache-"));
    }

    private static Target jsonFile(Map<String, String> options) {
        requireKnown(options, Set.of("max-size", "max-file", "compress"), "for json-file log driver");
        long size = options.containsKey("max-size") ? HumanSize.decimal(value(options, "max-size")) : 0;
        if (options.containsKey("max-size") && size <= 0) {
            throw new IllegalArgumentException("max-size must be a positive number");
        }
        int files = options.containsKey("max-file") ? number(value(options, "max-file")) : 1;
        if (files < 1) {
            throw new IllegalArgumentException("max-file cannot be less than 1");
        }
        boolean compress = options.containsKey("compress") && bool(value(options, "compress"));
        if (compress && (files == 1 || size == 0)) {
            throw new IllegalArgumentException(
                    "compress cannot be true when max-file is less than 2 or max-size is not set");
        }
        return new Target.JsonFile(new Rotation(size, bounded(files), compress));
    }

    private static Target local(Map<String, String> options) {
        requireKnown(options, Set.of("max-size", "max-file", "compress"), "for log driver local");
        return new Target.Local(localRotation(options, ""));
    }

    private static Rotation localRotation(Map<String, String> options, String prefix) {
        long size = Rotation.LOCAL.maxFileBytes();
        int files = Rotation.LOCAL.maxFiles();
        boolean compress = Rotation.LOCAL.compress();
        String text = "";
        try {
            if (options.containsKey(prefix + "max-size")) {
                text = value(options, prefix + "max-size");
                size = HumanSize.decimal(text);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("invalid value for max-size: " + text + ": " + e.getMessage(), e);
        }
        try {
            if (options.containsKey(prefix + "max-file")) {
                text = value(options, prefix + "max-file");
                files = number(text);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("invalid value for max-file: " + text + ": " + e.getMessage(), e);
        }
        try {
            if (options.containsKey(prefix + "compress")) {
                compress = bool(value(options, prefix + "compress"));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("invalid boolean value for compress: " + e.getMessage(), e);
        }
        if (files < 0) {
            throw new IllegalArgumentException("max-file must not be negative");
        }
        if (compress && files <= 1) {
            throw new IllegalArgumentException("compression cannot be enabled when max file count is 1");
        }
        return new Rotation(size, Math.max(1, bounded(files)), compress);
    }

    private static Target journal(Map<String, String> options, Optional<Rotation> cache) {
        requireKnown(options, Set.of(), "for journald log driver");
        return new Target.Journal(cache);
    }

    private static Target syslog(Map<String, String> options, Optional<Rotation> cache) {
        requireKnown(options, SyslogOptions.NAMES, "for syslog log driver");
        try {
            return new Target.Syslog(SyslogOptions.of(options), cache);
        } catch (IllegalArgumentException e) {
            throw EngineException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static void requireKnown(Map<String, String> options, Set<String> own, String where) {
        for (String name : new TreeSet<>(options.keySet())) {
            switch (name) {
                case "mode", "max-buffer-size", "labels", "labels-regex", "env", "env-regex", "tag" -> {}
                case "cache-disabled", "cache-max-size", "cache-max-file", "cache-compress" -> {}
                default -> {
                    if (!own.contains(name)) {
                        throw EngineException.invalid("unknown log opt '" + name + "' " + where);
                    }
                }
            }
        }
    }

    private static String value(Map<String, String> options, String name) {
        return options.getOrDefault(name, "");
    }

    private static int bounded(int files) {
        if (files > Limits.LOG_FILES) {
            throw new IllegalArgumentException("max-file cannot be more than " + Limits.LOG_FILES);
        }
        return files;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("strconv.Atoi: parsing \"" + text + "\": invalid syntax", e);
        }
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                throw new IllegalArgumentException("strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
        };
    }
}
