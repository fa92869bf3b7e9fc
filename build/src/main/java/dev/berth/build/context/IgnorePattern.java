package dev.berth.build.context;

import dev.berth.build.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A pattern of an ignore file. It is held against a path sign by sign, all ways to match at once, so that no pattern takes
 * longer than its length times the path's: how many of its tokens have taken the path so far is a set of bits, and a sign moves
 * them all with a few operations.
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

    private static final int ASCII = 128;

    private final String text;
    private final boolean exception;
    private final List<Token> tokens;
    /** For each sign of ASCII, the tokens that it passes, and those that stay with it. */
    private final Moves[] moves = new Moves[ASCII];
    /** The same for all signs that no token tells from others. */
    private final Moves others;
    /** Tokens that need not take anything, and those where a second one behind them need not either. */
    private final long[] skips;

    private final long[] skipsTwo;

    private IgnorePattern(String text, boolean exception, List<Token> tokens) {
        this.text = text;
        this.exception = exception;
        this.tokens = List.copyOf(tokens);
        this.skips = bits(IgnorePattern::skips);
        this.skipsTwo = bits(token -> token instanceof Token.Deep);
        this.others = moves(-1);
        for (int sign = 0; sign < ASCII; sign++) {
            moves[sign] = isSpokenOf(sign) ? moves(sign) : others;
        }
    }

    /** Where a sign leads: from a token to the next one, or to the same. */
    private record Moves(long[] pass, long[] stay) {}

    private Moves moves(int sign) {
        return new Moves(bits(token -> passes(token, sign)), bits(token -> loops(token, sign)));
    }

    private Moves movesOf(int sign) {
        if (sign < ASCII) {
            return moves[sign];
        }
        return isSpokenOf(sign) ? moves(sign) : others;
    }

    private long[] bits(Predicate<Token> which) {
        long[] bits = new long[tokens.size() / Long.SIZE + 1];
        for (int i = 0; i < tokens.size(); i++) {
            bits[i / Long.SIZE] |= which.test(tokens.get(i)) ? 1L << i : 0;
        }
        return bits;
    }

    /** Whether any token tells it from others. */
    private boolean isSpokenOf(int sign) {
        return sign == '/'
                || tokens.stream()
                        .anyMatch(token -> token instanceof Token.OneOf
                                || token instanceof Token.Sign(int wanted) && wanted == sign);
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

    String written() {
        return exception ? "!" + text : text;
    }

    boolean isOneOf(String... texts) {
        return Set.of(texts).contains(text);
    }

    /** Before the first sign of a path. */
    Progress start() {
        long[] places = new long[skips.length];
        places[0] = 1;
        skip(places);
        return new Progress(places);
    }

    /** How far a pattern has got in a path. */
    final class Progress {
        /** A bit for each number of tokens that can be what has taken the path so far. */
        private final long[] places;

        private final boolean alive;

        private Progress(long[] places) {
            this.places = places;
            long any = 0;
            for (long word : places) {
                any |= word;
            }
            this.alive = any != 0;
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
            int end = tokens.size();
            return alive && (places(part)[end / Long.SIZE] >>> end & 1) != 0;
        }

        private long[] places(String part) {
            long[] now = places.clone();
            for (int i = 0; i < part.length(); ) {
                int sign = part.codePointAt(i);
                if (!advance(now, movesOf(sign))) {
                    break;
                }
                i += Character.charCount(sign);
            }
            return now;
        }
    }

    /** Takes a sign; whether it could be taken. */
    private boolean advance(long[] places, Moves move) {
        long any = 0;
        for (int word = places.length - 1; word >= 0; word--) {
            long carried = word == 0 ? 0 : (places[word - 1] & move.pass[word - 1]) >>> Long.SIZE - 1;
            places[word] = (places[word] & move.pass[word]) << 1 | carried | places[word] & move.stay[word];
            any |= places[word];
        }
        skip(places);
        return any != 0;
    }

    /** Passes tokens that need not take anything; tokens behind them may not either. */
    private void skip(long[] places) {
        boolean more = true;
        while (more) {
            more = false;
            for (int word = places.length - 1; word >= 0; word--) {
                long one = places[word] & skips[word];
                long two = places[word] & skipsTwo[word];
                long carried = word == 0
                        ? 0
                        : (places[word - 1] & skips[word - 1]) >>> Long.SIZE - 1
                                | (places[word - 1] & skipsTwo[word - 1]) >>> Long.SIZE - 2;
                long now = places[word] | one << 1 | two << 2 | carried;
                more |= now != places[word];
                places[word] = now;
            }
        }
    }

    private static boolean skips(Token token) {
        return switch (token) {
            case Token.RestOfName() -> true;
            case Token.Anything() -> true;
            case Token.Deep() -> true;
            case Token.Sign unused -> false;
            case Token.OneOf unused -> false;
            case Token.InName() -> false;
            case Token.Directories() -> false;
        };
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
