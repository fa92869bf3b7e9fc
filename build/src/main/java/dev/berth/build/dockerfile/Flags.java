package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The flags of an instruction. */
final class Flags {
    /** What a flag takes. */
    enum Kind {
        SWITCH,
        TEXT,
        /** A text, as often as one likes. */
        TEXTS
    }

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    private Flags() {}

    /** @throws LanguageException for flags that the instruction does not have, and values that they do not take */
    static Flags read(List<String> given, Map<String, Kind> known) {
        Flags flags = new Flags();
        for (String flag : given) {
            flags.add(flag, known);
        }
        return flags;
    }

    private void add(String flag, Map<String, Kind> known) {
        int equals = flag.indexOf('=');
        String shown = equals < 0 ? flag : flag.substring(0, equals);
        String name = shown.substring(2);
        Kind kind = known.get(name);
        if (kind == null) {
            throw new LanguageException(Suggestion.append("unknown flag: " + shown, name, known.keySet()));
        }
        List<String> all = values.computeIfAbsent(name, unused -> new ArrayList<>());
        if (!all.isEmpty() && kind != Kind.TEXTS) {
            throw new LanguageException("duplicate flag specified: " + shown);
        }
        if (kind == Kind.SWITCH) {
            all.add(String.valueOf(isOn(shown, equals < 0 ? "true" : flag.substring(equals + 1))));
        } else if (equals < 0) {
            throw new LanguageException("missing a value on flag: " + shown);
        } else {
            all.add(flag.substring(equals + 1));
        }
    }

    private static boolean isOn(String shown, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            case "" -> throw new LanguageException("missing a value on flag: " + shown);
            default -> throw new LanguageException("expecting boolean value for flag " + shown + ", not: " + value);
        };
    }

    List<String> texts(String name) {
        return values.getOrDefault(name, List.of());
    }

    Optional<String> text(String name) {
        return texts(name).stream().findFirst();
    }

    Optional<Boolean> on(String name) {
        return text(name).map(Boolean::valueOf);
    }

    boolean isOn(String name) {
        return on(name).orElse(false);
    }
}
