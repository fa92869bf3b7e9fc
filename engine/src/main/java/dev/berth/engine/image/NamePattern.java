package dev.berth.engine.image;

import dev.berth.engine.error.EngineException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of names as Go's {@code path.Match} has them: {@code *} and {@code ?} do not cross a slash, {@code [a-z]} and
 * {@code [^a-z]} are classes, a backslash takes what follows as it is.
 */
final class NamePattern {
    private final Pattern compiled;

    private NamePattern(Pattern compiled) {
        this.compiled = compiled;
    }

    /** @throws EngineException INVALID for a class that does not end, or a backslash at the end */
    static NamePattern of(String text) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '*' -> regex.append("[^/]*");
                case '?' -> regex.append("[^/]");
                case '\\' -> regex.append(quote(text, ++i));
                case '[' -> i = appendClass(regex, text, i + 1);
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return new NamePattern(Pattern.compile(regex.toString()));
        } catch (PatternSyntaxException e) {
            throw malformed(text);
        }
    }

    boolean matches(String name) {
        return compiled.matcher(name).matches();
    }

    /** Appends a class that begins behind its bracket; gives where it ends. */
    private static int appendClass(StringBuilder regex, String text, int from) {
        int i = from;
        regex.append('[');
        if (i < text.length() && text.charAt(i) == '^') {
            regex.append('^');
            i++;
        }
        int first = i;
        if (first < text.length() && "]-".indexOf(text.charAt(first)) >= 0) {
            throw malformed(text);
        }
        for (; i < text.length() && text.charAt(i) != ']'; i++) {
            char c = text.charAt(i);
            regex.append(c == '-' && i > first ? "-" : c == '\\' ? quote(text, ++i) : quote(text, i));
        }
        if (i >= text.length()) {
            throw malformed(text);
        }
        regex.append("&&[^/]]");
        return i;
    }

    private static String quote(String text, int at) {
        if (at >= text.length()) {
            throw malformed(text);
        }
        return "\\x{" + Integer.toHexString(text.charAt(at)) + "}";
    }

    private static EngineException malformed(String text) {
        return EngineException.invalid("invalid filter 'reference=" + text + "': syntax error in pattern");
    }
}
