package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Words of a text, split at blanks outside of quotes; quotes and escapes stay, for they are expanded later. */
final class QuotedWords {
    private final String text;
    private final char escape;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private char quote;
    /** A word of two quotes alone is one, though it is empty. */
    private boolean counts;

    private QuotedWords(String text, char escape) {
        this.text = text;
        this.escape = escape;
    }

    static List<String> of(String text, char escape) {
        return new QuotedWords(text, escape).read();
    }

    private List<String> read() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Text.isSpace(c)) {
                end();
            } else if (c == escape && quote != '\'') {
                if (i + 1 < text.length()) {
                    word.append(c).append(text.charAt(++i));
                }
            } else {
                if (c == quote) {
                    quote = 0;
                } else if (quote == 0 && (c == '"' || c == '\'')) {
                    quote = c;
                    counts = true;
                }
                word.append(c);
            }
        }
        end();
        return words;
    }

    private void end() {
        if (counts || !word.isEmpty()) {
            words.add(word.toString());
        }
        word.setLength(0);
        counts = false;
    }
}
