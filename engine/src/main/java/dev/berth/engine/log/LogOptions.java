package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a container's output goes.
 *
 * @param kept whether it is kept at all (driver {@code json-file}, not {@code none})
 * @param maxFileBytes size at which a file is rotated; zero for never
 * @param maxFiles how many files there are at most, the current one counted
 */
public record LogOptions(boolean kept, long maxFileBytes, int maxFiles) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(\\.\\d{1,6})? ?([kKmMgGtT]?)i?[bB]?");

    /**
     * Reads Docker's log configuration.
     *
     * @throws EngineException UNSUPPORTED for another driver or an option that cannot be honoured, INVALID for an option
     *     that does not exist or has a malformed value
     */
    public static LogOptions of(LogConfig config) {
        return switch (config.type()) {
            case "none" -> new LogOptions(false, 0, 1);
            case "json-file" -> jsonFile(config.config());
            default ->
                throw EngineException.unsupported(
                        "the log driver \"" + config.type() + "\" is not supported: use json-file or none");
        };
    }

    private static LogOptions jsonFile(Map<String, String> options) {
        options.forEach((name, value) -> {
            switch (name) {
                case "max-size", "max-file" -> {}
                case "mode" -> {
                    if (!value.isEmpty() && !value.equals("blocking")) {
                        throw EngineException.unsupported("the log option mode=" + value + " is not supported");
                    }
                }
                case "compress", "labels", "labels-regex", "env", "env-regex", "tag", "max-buffer-size" ->
                    throw EngineException.unsupported("the log option " + name + " is not supported");
                default -> throw EngineException.invalid("unknown log opt '" + name + "' for json-file log driver");
            }
        });
        long size = options.containsKey("max-size") ? bytes(options.get("max-size")) : 0;
        int files = options.containsKey("max-file") ? files(options.get("max-file")) : 1;
        if (files > 1 && size == 0) {
            throw EngineException.invalid("the log option max-file needs max-size");
        }
        return new LogOptions(true, size, files);
    }

    private static long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw EngineException.invalid("invalid value for max-size: \"" + text + "\" is not a size such as 10m");
        }
        long unit = switch (size.group(3)) {
            case "k", "K" -> 1L << 10;
            case "m", "M" -> 1L << 20;
            case "g", "G" -> 1L << 30;
            case "t", "T" -> 1L << 40;
            default -> 1;
        };
        String fraction = size.group(2) == null ? "" : size.group(2);
        double bytes = Double.parseDouble(size.group(1) + fraction) * unit;
        if (bytes < 1 || bytes > Long.MAX_VALUE / 2.0) {
            throw EngineException.invalid("invalid value for max-size: \"" + text + "\" is out of range");
        }
        return (long) bytes;
    }

    private static int files(String text) {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > Limits.LOG_FILES) {
            throw EngineException.invalid(
                    "invalid value for max-file: \"" + text + "\" is not a number from 1 to " + Limits.LOG_FILES);
        }
        return Integer.parseInt(text);
    }
}
