package dev.berth.build.dockerfile;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the comments at the head of a Dockerfile tell its reader.
 *
 * @param syntax the language's version, {@code docker/dockerfile:1}; this reader knows one language and goes by it
 * @param escape what joins lines and takes a sign's meaning
 * @param check which checks are to be made, for {@link CheckOptions}
 */
public record Directives(Optional<String> syntax, char escape, Optional<String> check) {
    static final char DEFAULT_ESCAPE = '\\';

    private enum Key {
        SYNTAX,
        ESCAPE,
        CHECK
    }

    /** Reads line after line; at the first that is no directive, the head is over. */
    static final class Reader {
        private static final Pattern FORM = Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(\\S(?:.*\\S)?)\\s*");

        private final Map<Key, String> values = new EnumMap<>(Key.class);
        private boolean over;

        /**
         * Whether the line is a directive.
         *
         * @param line without blanks before it
         * @throws LanguageException when it is there twice, or has no sense
         */
        boolean read(String line) {
            Matcher matcher = over ? FORM.matcher("") : FORM.matcher(line);
            Optional<Key> key = matcher.matches() ? key(matcher.group(1)) : Optional.empty();
            over = key.isEmpty();
            if (over) {
                return false;
            }
            String name = matcher.group(1).toLowerCase(Locale.ROOT);
            if (values.putIfAbsent(key.get(), matcher.group(2)) != null) {
                throw new LanguageException("only one " + name + " parser directive can be used");
            }
            if (key.get() == Key.ESCAPE
                    && !matcher.group(2).equals("\\")
                    && !matcher.group(2).equals("`")) {
                throw new LanguageException("invalid escape token '" + matcher.group(2) + "' does not match ` or \\");
            }
            return true;
        }

        private static Optional<Key> key(String name) {
            for (Key key : Key.values()) {
                if (key.name().equalsIgnoreCase(name)) {
                    return Optional.of(key);
                }
            }
            return Optional.empty();
        }

        char escape() {
            String escape = values.get(Key.ESCAPE);
            return escape == null ? DEFAULT_ESCAPE : escape.charAt(0);
        }

        Directives directives() {
            return new Directives(
                    Optional.ofNullable(values.get(Key.SYNTAX)), escape(), Optional.ofNullable(values.get(Key.CHECK)));
        }
    }
}
