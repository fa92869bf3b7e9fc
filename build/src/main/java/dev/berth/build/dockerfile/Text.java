package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Blanks, words and quotation as Docker's parser understands them, which are Go's rather than Java's. */
final class Text {
    /** Characters of a text that a message shows. */
    private static final int SHOWN_CHARS = 400;

    private Text() {}

    /** Unicode's white space. */
    static boolean isSpace(int c) {
        return switch (c) {
            case '\t', '\n', 0x0b, '\f', '\r', ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> c >= 0x2000 && c <= 0x200a;
        };
    }

    /** What separates words on a line: no line feeds, and nothing beyond ASCII. */
    static boolean isBlank(int c) {
        return c == ' ' || c == '\t' || c == 0x0b || c == '\f' || c == '\r';
    }

    static String trim(String text) {
        return trimEnd(trimStart(text));
    }

    static String trimStart(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String trimEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** Splits at runs of blanks, into so many parts at most; what begins or ends with blanks has an empty part there. */
    static List<String> split(String text, int parts) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length() && words.size() + 1 < parts; i++) {
            if (isBlank(text.charAt(i))) {
                words.add(text.substring(start, i));
                while (i + 1 < text.length() && isBlank(text.charAt(i + 1))) {
                    i++;
                }
                start = i + 1;
            }
        }
        words.add(text.substring(start));
        return words;
    }

    /** A text, or what it begins with where it is too long for a message. */
    static String shortened(String text) {
        int end = text.length() <= SHOWN_CHARS ? text.length() : text.offsetByCodePoints(0, SHOWN_CHARS / 2);
        return end == text.length() ? text : text.substring(0, end) + "…";
    }

    /** Go's idea of a truth value; nothing for what is none. */
    static Optional<Boolean> truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
            case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** A text in quotes, with what cannot be printed escaped. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append("\\x%02x".formatted(c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
