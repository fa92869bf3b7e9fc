package dev.berth.build.context;

import dev.berth.build.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A pattern of an ignore file. It is held against a path sign by sign, all ways to match at once, so that no pattern takes
 * longer than its length times the path's.
 */
final class IgnorePattern {
    /** A part of a pattern that takes signs of a path. */
    private sealed interface Token {
        record Sign(int sign) implements Token {}

        /** {@code [a-c]}. */
        record OneOf(boolean negated, List<Range> ranges) implements Token {
            boolean has(int sign) {
                return negated != ranges.stream().anyMatch(range -> range.first <= sign && sign <= range.last);
            }
        }

        /** {@code ?}. */
        record InName() implements Token {}

        /** {@code *}. */
        record RestOfName() implements Token {}

        /** Where {@code **} begins: it takes nothing, or directories. */
        record Deep() implements Token {}

        /** Within {@code **}: until behind a slash. */
        record Directories() implements Token {}

        /** {@code **} at the end, or at the beginning of a suffix. */
        record Anything() implements Token {}
    }

    private record Range(int first, int last) {}

    private final String text;
    private final boolean exception;
    private final List<Token> tokens;

    private IgnorePattern(String text, boolean exception, List<Token> tokens) {
        this.text = text;
        this.exception = exception;
        this.tokens = List.copyOf(tokens);
    }

    /** @throws IgnoreFileException when it makes no sense */
    static IgnorePattern parse(String line) {
        String trimmed = line.strip();
        if (trimmed.length() > Limits.IGNORE_PATTERN_CHARS) {
            throw new IgnoreFileException("a pattern is longer than " + Limits.IGNORE_PATTERN_CHARS + " characters");
        }
        boolean exception = trimmed.startsWith("!");
        String written = exception ? trimmed.substring(1).strip() : trimmed;
        String path = written.isEmpty() ? "" : IgnoreFile.clean(written);
        path = path.length() > 1 && path.startsWith("/") ? path.substring(1) : path;
        if (exception && (path.isEmpty() || path.equals("/"))) {
            throw new IgnoreFileException("illegal exclusion pattern: \"!\"");
        }
        return new IgnorePattern(path, exception, new Reader(path).read());
    }

    boolean isException() {
        return exception;
    }

    boolean isOneOf(String... texts) {
        return Set.of(texts).contains(text);
    }

    /** Before the first sign of a path. */
    Progress start() {
        boolean[] places = new boolean[tokens.size() + 1];
        places[0] = true;
        skip(places);
        return new Progress(places);
    }

    /** How far a pattern has got in a path. */
    final class Progress {
        /** For each number of tokens, whether they can be what has taken the path so far. */
        private final boolean[] places;

        private final boolean alive;

        private Progress(boolean[] places) {
            this.places = places;
            boolean any = false;
            for (boolean place : places) {
                any |= place;
            }
            this.alive = any;
        }

        /** Whether there is anything that it could fit still. */
        boolean isAlive() {
            return alive;
        }

        Progress after(String part) {
            return alive ? new Progress(places(part)) : this;
        }

        /** Whether the path fits when it ends with this. */
        boolean accepts(String part) {
            return alive && places(part)[tokens.size()];
        }

        private boolean[] places(String part) {
            boolean[] now = places.clone();
            for (int i = 0; i < part.length(); ) {
                int sign = part.codePointAt(i);
                if (!advance(now, sign)) {
                    break;
                }
                i += Character.charCount(sign);
            }
            return now;
        }
    }

    /** Takes a sign; whether it could be taken. */
    private boolean advance(boolean[] places, int sign) {
        boolean any = false;
        for (int place = tokens.size(); place >= 0; place--) {
            boolean stays = place < tokens.size() && places[place] && loops(tokens.get(place), sign);
            boolean comes = place > 0 && places[place - 1] && passes(tokens.get(place - 1), sign);
            places[place] = stays || comes;
            any |= places[place];
        }
        skip(places);
        return any;
    }

    private static boolean loops(Token token, int sign) {
        return switch (token) {
            case Token.RestOfName() -> sign != '/';
            case Token.Directories() -> true;
            case Token.Anything() -> true;
            case Token.Sign unused -> false;
            case Token.OneOf unused -> false;
            case Token.InName() -> false;
            case Token.Deep() -> false;
        };
    }

    private static boolean passes(Token token, int sign) {
        return switch (token) {
            case Token.Sign(int wanted) -> sign == wanted;
            case Token.OneOf set -> set.has(sign);
            case Token.InName() -> sign != '/';
            case Token.Directories() -> sign == '/';
            case Token.RestOfName() -> false;
            case Token.Anything() -> false;
            case Token.Deep() -> false;
        };
    }

    /** Passes tokens that need not take anything. */
    private void skip(boolean[] places) {
        for (int place = 0; place < tokens.size(); place++) {
            if (!places[place]) {
                continue;
            }
            switch (tokens.get(place)) {
                case Token.RestOfName() -> places[place + 1] = true;
                case Token.Anything() -> places[place + 1] = true;
                case Token.Deep() -> {
                    places[place + 1] = true;
                    places[place + 2] = true;
                }
                case Token.Sign unused -> {}
                case Token.OneOf unused -> {}
                case Token.InName() -> {}
                case Token.Directories() -> {}
            }
        }
    }

    /** Reads a pattern's text. */
    private static final class Reader {
        private final String text;
        private final int[] signs;
        private final List<Token> tokens = new ArrayList<>();
        private int at;
        /** Nothing but signs so far, the {@code **} at the beginning aside. */
        private boolean plain = true;

        Reader(String text) {
            this.text = text;
            this.signs = text.codePoints().toArray();
        }

        List<Token> read() {
            while (at < signs.length) {
                int sign = signs[at++];
                switch (sign) {
                    case '*' -> star();
                    case '?' -> special(new Token.InName());
                    case '[' -> special(set());
                    case '\\' -> special(new Token.Sign(next()));
                    default -> tokens.add(new Token.Sign(sign));
                }
            }
            return plain && text.startsWith("**") ? suffix() : tokens;
        }

        private void special(Token token) {
            plain = false;
            tokens.add(token);
        }

        private void star() {
            if (peek() != '*') {
                special(new Token.RestOfName());
                return;
            }
            boolean first = at == 1;
            at++;
            at += peek() == '/' ? 1 : 0;
            if (at == signs.length) {
                tokens.add(new Token.Anything());
                plain &= first;
                return;
            }
            plain &= first;
            tokens.add(new Token.Deep());
            tokens.add(new Token.Directories());
        }

        /** Two stars and then signs alone: whatever ends with these; behind a slash they may also be all there is. */
        private List<Token> suffix() {
            if (text.startsWith("**/")) {
                return tokens;
            }
            List<Token> ending = new ArrayList<>();
            ending.add(new Token.Anything());
            text.substring(2).codePoints().forEach(sign -> ending.add(new Token.Sign(sign)));
            return ending;
        }

        private Token set() {
            boolean negated = peek() == '^';
            at += negated ? 1 : 0;
            List<Range> ranges = new ArrayList<>();
            while (peek() != ']' || ranges.isEmpty()) {
                int first = member();
                int last = first;
                if (peek() == '-') {
                    at++;
                    last = member();
                }
                ranges.add(new Range(first, last));
            }
            at++;
            return new Token.OneOf(negated, List.copyOf(ranges));
        }

        private int member() {
            int sign = next();
            if (sign == '-' || sign == ']') {
                throw wrong();
            }
            return sign == '\\' ? next() : sign;
        }

        private int peek() {
            return at < signs.length ? signs[at] : -1;
        }

        private int next() {
            if (at == signs.length) {
                throw wrong();
            }
            return signs[at++];
        }

        private IgnoreFileException wrong() {
            return new IgnoreFileException("syntax error in pattern \"" + text + "\"");
        }
    }
}
