package dev.berth.build.dockerfile;

import dev.berth.build.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The form of an instruction that is an array of texts. What is no JSON is another form of the instruction and no error, so
 * the line between the two is drawn exactly where Docker draws it: at RFC 8259, to the letter.
 */
final class JsonWords {
    private final String text;
    private int at;
    private boolean othersThanTexts;

    private JsonWords(String text) {
        this.text = text;
    }

    /**
     * Reads it; nothing where it is no JSON.
     *
     * @throws LanguageException when it is an array of something else
     */
    static Optional<List<String>> read(String text) {
        String trimmed = Text.trimStart(text);
        if (!trimmed.startsWith("[")) {
            return Optional.empty();
        }
        JsonWords reader = new JsonWords(trimmed);
        List<String> words = new ArrayList<>();
        try {
            reader.array(words, 0);
            reader.skipSpaces();
        } catch (NoJson e) {
            return Optional.empty();
        }
        if (reader.at < trimmed.length()) {
            return Optional.empty();
        }
        if (reader.othersThanTexts) {
            throw new LanguageException("when using JSON array syntax, arrays must be comprised of strings only");
        }
        return Optional.of(words);
    }

    private static final class NoJson extends Exception {
        private static final long serialVersionUID = 1;

        NoJson() {
            super("no JSON", null, false, false);
        }
    }

    private void array(List<String> words, int depth) throws NoJson {
        expect('[');
        if (skip(']')) {
            return;
        }
        do {
            skipSpaces();
            if (peek() == '"') {
                words.add(string());
            } else {
                othersThanTexts = true;
                value(depth + 1);
            }
        } while (skip(','));
        expect(']');
    }

    private void value(int depth) throws NoJson {
        if (depth > Limits.JSON_DEPTH) {
            throw new NoJson();
        }
        skipSpaces();
        switch (peek()) {
            case '"' -> string();
            case '[' -> array(new ArrayList<>(), depth);
            case '{' -> object(depth);
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void object(int depth) throws NoJson {
        expect('{');
        if (skip('}')) {
            return;
        }
        do {
            skipSpaces();
            string();
            expect(':');
            value(depth + 1);
        } while (skip(','));
        expect('}');
    }

    private void word(String word) throws NoJson {
        if (!text.startsWith(word, at)) {
            throw new NoJson();
        }
        at += word.length();
    }

    private void number() throws NoJson {
        at += peek() == '-' ? 1 : 0;
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            at += peek() == '+' || peek() == '-' ? 1 : 0;
            digits();
        }
    }

    private void digits() throws NoJson {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw new NoJson();
        }
    }

    private String string() throws NoJson {
        take('"');
        StringBuilder value = new StringBuilder();
        while (peek() != '"') {
            int c = peek();
            if (c < ' ') {
                throw new NoJson(); // also the end
            }
            at++;
            value.append(c == '\\' ? escaped() : (char) c);
        }
        at++;
        return withoutLoneSurrogates(value.toString());
    }

    private char escaped() throws NoJson {
        int c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw new NoJson();
        };
    }

    private char unicode() throws NoJson {
        int value = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
            if (digit < 0) {
                throw new NoJson();
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private static String withoutLoneSurrogates(String value) {
        return value.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : -1;
    }

    private void skipSpaces() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') {
            at++;
        }
    }

    private boolean skip(char c) {
        skipSpaces();
        boolean there = peek() == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char c) throws NoJson {
        skipSpaces();
        take(c);
    }

    private void take(char c) throws NoJson {
        if (peek() != c) {
            throw new NoJson();
        }
        at++;
    }
}
