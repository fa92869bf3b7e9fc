package dev.berth.build.dockerfile;

import java.util.List;
import java.util.Locale;

/**
 * A device of the host's that a RUN asks for, by the name that a CDI specification gives it.
 *
 * @param name empty where none is given, which no host has
 * @param required whether the instruction fails where the host has none
 */
public record RunDevice(String name, boolean required) {
    private static final List<String> KEYS = List.of("name", "required");

    /**
     * Reads the value of a {@code --device}: {@code vendor/class[=device][,required]}.
     *
     * @throws LanguageException for one that makes no sense
     */
    static RunDevice parse(String text) {
        String name = "";
        boolean required = false;
        for (String field : CsvFields.of(text)) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : field.substring(equals + 1);
            if (key.equals("required")) {
                required = equals < 0 || isTrue(value);
            } else if (key.equals("name") && equals >= 0) {
                if (!name.isEmpty()) {
                    throw new LanguageException("device name already set to " + name);
                }
                name = value;
            } else if (name.isEmpty()) {
                name = field;
            } else if (equals < 0) {
                throw new LanguageException("invalid field '" + field + "' must be a key=value pair");
            } else {
                throw new LanguageException(
                        Suggestion.append("unexpected key '" + key + "' in '" + field + "'", key, KEYS));
            }
        }
        return new RunDevice(name, required);
    }

    private static boolean isTrue(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new LanguageException("invalid value for required: " + value);
        };
    }
}
