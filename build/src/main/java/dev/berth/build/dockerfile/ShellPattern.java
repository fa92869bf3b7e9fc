package dev.berth.build.dockerfile;

import java.util.Arrays;

/**
 * The pattern of a substitution: {@code *} is any text of a line, {@code ?} one sign of it, and a backslash takes their meaning.
 * Matched without ever going back, so that no pattern takes for ever.
 */
final class ShellPattern {
    private static final int STAR = -1;
    private static final int ANY = -2;
    private static final int NOWHERE = -1;

    private final int[] tokens;
    private final Effort effort;

    private ShellPattern(int[] tokens, Effort effort) {
        this.tokens = tokens;
        this.effort = effort;
    }

    /** @throws LanguageException when something is escaped that has no meaning to lose */
    static ShellPattern of(String pattern, Effort effort) {
        int[] signs = pattern.codePoints().toArray();
        int[] tokens = new int[signs.length];
        int length = 0;
        for (int i = 0; i < signs.length; i++) {
            int sign = signs[i];
            if (sign == '\\') {
                sign = escaped(pattern, signs, ++i);
            } else if (sign == '*') {
                sign = STAR;
            } else if (sign == '?') {
                sign = ANY;
            }
            tokens[length++] = sign;
        }
        effort.match(length);
        return new ShellPattern(Arrays.copyOf(tokens, length), effort);
    }

    private static int escaped(String pattern, int[] signs, int index) {
        int sign = index < signs.length ? signs[index] : 0;
        if (sign == 0 || "*?\\}/".indexOf(sign) < 0) {
            String name = index < signs.length ? Character.toString(signs[index]) : "";
            throw new LanguageException(
                    "invalid pattern (" + pattern + ") in substitution: invalid escape '\\" + name + "'");
        }
        return sign;
    }

    /** The value without what it begins with; all of it where it begins otherwise. */
    String withoutPrefix(String value, boolean longest) {
        int[] signs = signs(value);
        int end = match(signs, 0, longest);
        return end == NOWHERE ? value : new String(signs, end, signs.length - end);
    }

    /** The value without what it ends with; all of it where it ends otherwise. */
    String withoutSuffix(String value, boolean longest) {
        int[] signs = signs(value);
        int end = new ShellPattern(reversed(tokens), effort).match(reversed(signs), 0, longest);
        return end == NOWHERE ? value : new String(signs, 0, signs.length - end);
    }

    private int[] signs(String value) {
        effort.match(value.length());
        return value.codePoints().toArray();
    }

    private static int[] reversed(int[] numbers) {
        int[] reversed = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            reversed[i] = numbers[numbers.length - 1 - i];
        }
        return reversed;
    }

    /** The value with what matches, as long as can be, replaced: the first, or all from left to right. */
    String replace(String value, String replacement, boolean all) {
        int[] signs = signs(value);
        StringBuilder result = new StringBuilder();
        int at = 0;
        int lastEnd = NOWHERE;
        while (at <= signs.length) {
            int end = all || lastEnd == NOWHERE ? match(signs, at, true) : NOWHERE;
            if (end > at || end == at && at != lastEnd) {
                result.append(replacement);
                lastEnd = end;
                effort.fill(replacement.length());
            }
            if (end > at) {
                at = end;
                continue;
            }
            if (at < signs.length) {
                result.appendCodePoint(signs[at]);
            }
            at++;
        }
        return result.toString();
    }

    /**
     * Where what begins at a place and matches ends; {@link #NOWHERE} for no match. All ways to match are followed at once: a
     * state is a number of tokens that are behind.
     */
    private int match(int[] signs, int start, boolean longest) {
        effort.match(tokens.length + 1);
        boolean[] states = new boolean[tokens.length + 1];
        states[0] = true;
        passStars(states);
        int end = NOWHERE;
        for (int at = start; ; at++) {
            if (states[tokens.length]) {
                end = at;
                if (!longest) {
                    return end;
                }
            }
            if (at == signs.length || !advance(states, signs[at])) {
                return end;
            }
        }
    }

    /** Whether any state is left after a sign. */
    private boolean advance(boolean[] states, int sign) {
        effort.match(tokens.length + 1);
        boolean any = false;
        for (int state = tokens.length; state >= 0; state--) {
            boolean stays = state < tokens.length && tokens[state] == STAR && states[state] && sign != '\n';
            boolean comes = state > 0 && states[state - 1] && takes(tokens[state - 1], sign);
            states[state] = stays || comes;
            any |= states[state];
        }
        passStars(states);
        return any;
    }

    private static boolean takes(int token, int sign) {
        return token == sign || token == ANY && sign != '\n';
    }

    private void passStars(boolean[] states) {
        for (int state = 0; state < tokens.length; state++) {
            states[state + 1] |= states[state] && tokens[state] == STAR;
        }
    }
}
