package dev.berth.cli.output;

import dev.berth.cli.CliException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One {@code --output}: {@code type=oci,dest=app.tar}, fields parted by commas, those with commas in quotes; or a folder's path,
 * or {@code -} for an archive on standard output.
 *
 * @param text as it was written, for messages
 * @param type empty where none was said
 * @param fields the others
 */
public record OutputWords(String text, String type, Map<String, String> fields) {
    public OutputWords {
        fields = Map.copyOf(fields);
    }

    public static OutputWords parse(String text) {
        List<String> parts = parts(text);
        if (parts.size() == 1 && !text.contains("=")) {
            return text.equals("-")
                    ? new OutputWords(text, "tar", Map.of("dest", "-"))
                    : new OutputWords(text, "local", Map.of("dest", text));
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw invalid(text, "\"" + part + "\" is not key=value");
            }
            fields.put(part.substring(0, equals).strip().toLowerCase(Locale.ROOT), part.substring(equals + 1));
        }
        String type = fields.getOrDefault("type", "");
        fields.remove("type");
        return new OutputWords(text, type, fields);
    }

    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (sign == '"') {
                quoted = !quoted;
            } else if (sign == ',' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(sign);
            }
        }
        if (quoted) {
            throw invalid(text, "a quote is not closed");
        }
        parts.add(part.toString());
        return parts;
    }

    /** @throws CliException for a field that is none of these */
    OutputWords allowing(Set<String> known) {
        fields.keySet().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw invalid("type=" + type + " has no " + name + " here");
                });
        return this;
    }

    /** @throws CliException where the field has another value than this, which is what happens anyway */
    OutputWords always(String name, String value, String why) {
        if (!fields.getOrDefault(name, value).equals(value)) {
            throw invalid(name + "=" + fields.get(name) + " is not supported: " + why);
        }
        return this;
    }

    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name)).filter(value -> !value.isEmpty());
    }

    public boolean flag(String name, boolean fallback) {
        return switch (fields.getOrDefault(name, Boolean.toString(fallback))) {
            case "1", "t", "T", "true", "TRUE", "True", "" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            case String other -> throw invalid(name + " is true or false, and not " + other);
        };
    }

    public CliException invalid(String why) {
        return invalid(text, why);
    }

    private static CliException invalid(String text, String why) {
        return new CliException("invalid output \"" + text + "\": " + why);
    }
}
