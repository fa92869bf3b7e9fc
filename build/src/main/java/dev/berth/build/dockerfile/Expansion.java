package dev.berth.build.dockerfile;

import dev.berth.build.Limits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Fills variables into a text and takes quotes and escapes off it, the way a shell would.
 *
 * <p>Of a shell's forms there are <code>$v ${v} ${v:-w} ${v-w} ${v:+w} ${v+w} ${v:?w} ${v?w} ${v#p} ${v##p} ${v%p} ${v%%p}
 * ${v/p/r} ${v//p/r}</code>; words may hold further ones.
 *
 * @param escape what takes the next sign's meaning
 * @param quotesStay whether quotes are left in the result
 * @param escapesStay whether escapes are left in the result
 * @param unsetStay whether variables that are not set are left in the result as they stand
 * @param quotesAreText whether quotes mean nothing
 */
public record Expansion(
        char escape, boolean quotesStay, boolean escapesStay, boolean unsetStay, boolean quotesAreText) {
    /** The expansion of instructions. */
    public static Expansion of(char escape) {
        return new Expansion(escape, false, false, false, false);
    }

    /** The expansion of documents: quotes are part of them, and their escape is always a backslash. */
    public static Expansion ofDocuments() {
        return new Expansion('\\', false, false, false, true);
    }

    /** Reads words as they stand; for a text without variables. */
    static Expansion ofRawWords() {
        return new Expansion('\\', true, true, true, false);
    }

    /**
     * What a text became.
     *
     * @param text all of it
     * @param words the same, split at blanks outside of quotes, those in values included
     * @param used variables that were asked for and are set
     * @param missing variables that were asked for and are not
     */
    public record Result(String text, List<String> words, Set<String> used, Set<String> missing) {}

    /**
     * Expands a text.
     *
     * @param variables what is set
     * @throws LanguageException when the text ends within a substitution or quotes, asks for what must be set and is not, or
     *     becomes too long
     */
    public Result expand(String text, Function<String, Optional<String>> variables) {
        return expand(text, variables, new Effort());
    }

    /** The same for one of several texts that may take no more effort than one. */
    Result expand(String text, Function<String, Optional<String>> variables, Effort effort) {
        Walk walk = new Walk(text, variables, effort);
        Words words = new Words();
        try {
            String expanded = walk.segment(Walk.END, escapesStay, words, 0);
            return new Result(expanded, words.all(), walk.used, walk.missing);
        } catch (LanguageException e) {
            throw new LanguageException("failed to process " + Text.quote(Text.shortened(text)) + ": " + e.reason());
        }
    }

    /** Words as they come to be. Blanks end one when they are not in quotes; quotes alone make none. */
    private static final class Words {
        private final List<String> finished = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();

        void text(String text) {
            for (int i = 0; i < text.length(); i++) {
                letter(text.charAt(i));
            }
        }

        void letter(char c) {
            if (!Text.isSpace(c)) {
                word.append(c);
            } else if (!word.isEmpty()) {
                end();
            }
        }

        void raw(String text) {
            word.append(text);
        }

        private void end() {
            finished.add(word.toString());
            word.setLength(0);
        }

        List<String> all() {
            if (!word.isEmpty()) {
                end();
            }
            return List.copyOf(finished);
        }
    }

    /** One text on its way through. */
    private final class Walk {
        static final int END = -1;

        private final String text;
        private final Function<String, Optional<String>> variables;
        private final Set<String> used = new LinkedHashSet<>();
        private final Set<String> missing = new LinkedHashSet<>();
        private final Effort effort;
        private int at;

        Walk(String text, Function<String, Optional<String>> variables, Effort effort) {
            this.text = text;
            this.variables = variables;
            this.effort = effort;
        }

        private int peek() {
            return at < text.length() ? text.charAt(at) : END;
        }

        private int next() {
            int c = peek();
            at += c == END ? 0 : 1;
            return c;
        }

        /** Up to a sign, which is consumed, or to the end. */
        String segment(int stop, boolean keepEscapes, Words words, int depth) {
            StringBuilder result = new StringBuilder();
            while (peek() != END) {
                int c = peek();
                if (c == stop) {
                    at++;
                    return result.toString();
                }
                if (c == '$') {
                    String value = dollar(keepEscapes, depth);
                    words.text(value);
                    result.append(value);
                } else if (c == '<') {
                    String sign = less();
                    words.raw(sign);
                    result.append(sign);
                } else if (!quotesAreText && (c == '\'' || c == '"')) {
                    String quoted = c == '"' ? doubleQuotes(keepEscapes, depth) : singleQuotes();
                    words.raw(quoted);
                    result.append(quoted);
                } else {
                    plain(keepEscapes, words, result);
                }
            }
            if (stop != END) {
                throw new LanguageException("unexpected end of statement while looking for matching " + (char) stop);
            }
            return result.toString();
        }

        private void plain(boolean keepEscapes, Words words, StringBuilder result) {
            char c = (char) next();
            if (c != escape) {
                words.letter(c);
                result.append(c);
                return;
            }
            if (keepEscapes) {
                words.raw(String.valueOf(c));
                result.append(c);
            }
            int escaped = next();
            if (escaped != END) {
                words.raw(String.valueOf((char) escaped));
                result.append((char) escaped);
            }
        }

        /** A document's sign belongs to its name, also where blanks are between them. */
        private String less() {
            int start = at++;
            if (peek() == '<') {
                at++;
                while (peek() == ' ' || peek() == '\t' || peek() == '\r') {
                    at++;
                }
            }
            return text.substring(start, at);
        }

        private String singleQuotes() {
            int end = text.indexOf('\'', at + 1);
            if (end < 0) {
                at = text.length();
                throw new LanguageException("unexpected end of statement while looking for matching single-quote");
            }
            String quoted = quotesStay ? text.substring(at, end + 1) : text.substring(at + 1, end);
            at = end + 1;
            return quoted;
        }

        private String doubleQuotes(boolean keepEscapes, int depth) {
            StringBuilder result = new StringBuilder();
            at++;
            while (peek() != '"') {
                int c = peek();
                if (c == END) {
                    throw new LanguageException("unexpected end of statement while looking for matching double-quote");
                }
                if (c == '$') {
                    result.append(dollar(keepEscapes, depth));
                } else {
                    at++;
                    result.append(c == escape ? escapedInQuotes(keepEscapes) : String.valueOf((char) c));
                }
            }
            at++;
            return quotesStay ? "\"" + result + "\"" : result.toString();
        }

        /** Within double quotes three signs can be escaped; before others the escape is a sign like any. */
        private String escapedInQuotes(boolean keepEscapes) {
            int c = peek();
            String kept = keepEscapes ? String.valueOf(escape) : "";
            if (c == END) {
                return kept;
            }
            if (c == '"' || c == '$' || c == escape) {
                at++;
                return kept + (char) c;
            }
            return kept + escape;
        }

        private String dollar(boolean keepEscapes, int depth) {
            if (depth >= Limits.EXPANSION_DEPTH) {
                throw new LanguageException("more than " + Limits.EXPANSION_DEPTH + " substitutions within each other");
            }
            at++;
            String value = peek() == '{' ? braces(depth + 1) : bare();
            effort.fill(value.length());
            return value;
        }

        private String bare() {
            String name = name();
            if (name.isEmpty()) {
                return "$";
            }
            return value(name).orElse(unsetStay ? "$" + name : "");
        }

        private String braces(int depth) {
            at++;
            switch (peek()) {
                case END -> throw missingBrace();
                case '{', '}', ':' -> throw new LanguageException("syntax error: bad substitution");
                default -> {}
            }
            String name = name();
            int start = at;
            int c = next();
            return switch (c) {
                case END -> throw missingBrace();
                case '}' -> value(name).orElse(unsetStay ? "${" + name + "}" : "");
                case '/' -> replaced(name, depth);
                case ':', '+', '-', '?', '#', '%' -> {
                    int operator = c == ':' ? next() : c;
                    String sign = text.substring(start, at);
                    yield operated(name, operator, sign, depth);
                }
                default -> throw unsupported(text.substring(start, at));
            };
        }

        private String operated(String name, int operator, String sign, int depth) {
            boolean emptyCounts = sign.length() == 1;
            boolean cuts = operator == '#' || operator == '%';
            if (cuts && !emptyCounts) {
                throw unsupported(sign);
            }
            String word = inBraces('}', cuts, depth, missingBrace());
            Optional<String> set = value(name);
            if (unsetStay && set.isEmpty()) {
                return "${" + name + sign + word + "}";
            }
            Optional<String> counting = emptyCounts ? set : set.filter(value -> !value.isEmpty());
            return switch (operator) {
                case '-' -> counting.orElse(word);
                case '+' -> counting.isPresent() ? word : "";
                case '?' -> counting.orElseThrow(() -> required(name, word, set.isPresent()));
                case '#', '%' -> cut(set.orElse(""), word, operator);
                default -> throw unsupported(sign);
            };
        }

        private static LanguageException required(String name, String message, boolean set) {
            String said = set ? "is not allowed to be empty" : "is not allowed to be unset";
            return new LanguageException(name + ": " + (message.isEmpty() ? said : message));
        }

        private String cut(String value, String word, int operator) {
            boolean longest = !word.isEmpty() && word.charAt(0) == operator;
            ShellPattern pattern = ShellPattern.of(longest ? word.substring(1) : word, effort);
            return operator == '#' ? pattern.withoutPrefix(value, longest) : pattern.withoutSuffix(value, longest);
        }

        private String replaced(String name, int depth) {
            boolean all = peek() == '/';
            at += all ? 1 : 0;
            String pattern = inBraces('/', true, depth, new LanguageException("syntax error: missing '/' in ${}"));
            String replacement = inBraces('}', true, depth, missingBrace());
            Optional<String> set = value(name);
            if (unsetStay && set.isEmpty()) {
                return "${" + name + (all ? "//" : "/") + pattern + "/" + replacement + "}";
            }
            return ShellPattern.of(pattern, effort).replace(set.orElse(""), replacement, all);
        }

        /** A word within braces; its end missing is said in the braces' own terms. */
        private String inBraces(char stop, boolean keepEscapes, int depth, LanguageException unended) {
            try {
                return segment(stop, keepEscapes, new Words(), depth);
            } catch (LanguageException e) {
                throw peek() == END ? unended : e;
            }
        }

        private static LanguageException missingBrace() {
            return new LanguageException("syntax error: missing '}'");
        }

        private static LanguageException unsupported(String sign) {
            return new LanguageException("unsupported modifier (" + sign + ") in substitution");
        }

        /** A variable's name, or a number, or one of a shell's special signs; empty for none. */
        private String name() {
            int start = at;
            if (at < text.length() && "@*#?-$!".indexOf(text.charAt(at)) >= 0) {
                return text.substring(start, ++at);
            }
            boolean digits = at < text.length() && Character.isDigit(text.codePointAt(at));
            while (at < text.length()) {
                int c = text.codePointAt(at);
                boolean belongs = Character.isDigit(c) || !digits && (c == '_' || Character.isLetter(c));
                if (!belongs) {
                    break;
                }
                at += Character.charCount(c);
            }
            return text.substring(start, at);
        }

        private Optional<String> value(String name) {
            Optional<String> value = variables.apply(name);
            (value.isPresent() ? used : missing).add(name);
            return value;
        }
    }
}
