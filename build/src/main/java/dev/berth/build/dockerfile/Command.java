package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An instruction's text in its three parts.
 *
 * @param keyword as it was written
 * @param flags the words that begin with two hyphens, quotes and escapes taken off
 * @param rest all behind them, without blanks around it
 */
record Command(String keyword, List<String> flags, String rest) {
    private static final Set<String> WITH_DOCUMENTS = Set.of("ADD", "COPY", "RUN");

    static Command split(String text, char escape) {
        List<String> parts = Text.split(Text.trim(text), 2);
        if (parts.size() == 1) {
            return new Command(parts.getFirst(), List.of(), "");
        }
        FlagWords words = new FlagWords(parts.getLast(), escape);
        List<String> flags = words.read();
        return new Command(parts.getFirst(), flags, Text.trim(words.rest()));
    }

    String name() {
        return keyword.toUpperCase(Locale.ROOT);
    }

    boolean takesDocuments(char escape) {
        Command command = name().equals("ONBUILD") ? split(rest, escape) : this;
        return WITH_DOCUMENTS.contains(command.name())
                && JsonWords.read(command.rest()).isEmpty();
    }

    /** The words that begin with two hyphens, until one does not, or is nothing but the two. */
    private static final class FlagWords {
        private final String text;
        private final char escape;
        private int at;

        FlagWords(String text, char escape) {
            this.text = text;
            this.escape = escape;
        }

        List<String> read() {
            List<String> words = new ArrayList<>();
            while (true) {
                skipSpaces();
                if (!text.startsWith("--", at)) {
                    return words;
                }
                String word = word();
                if (word.equals("--")) {
                    return words;
                }
                words.add(word);
            }
        }

        String rest() {
            return text.substring(at);
        }

        private void skipSpaces() {
            while (at < text.length() && Text.isSpace(text.charAt(at))) {
                at++;
            }
        }

        private String word() {
            StringBuilder word = new StringBuilder();
            char quote = 0;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (quote == 0 && Text.isSpace(c)) {
                    break;
                }
                if (c == quote) {
                    quote = 0;
                } else if (quote == 0 && (c == '"' || c == '\'')) {
                    quote = c;
                } else if (c != escape) {
                    word.append(c);
                } else if (at + 1 < text.length()) {
                    word.append(text.charAt(++at));
                }
            }
            return word.toString();
        }
    }
}
