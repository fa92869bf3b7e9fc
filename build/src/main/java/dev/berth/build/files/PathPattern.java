package dev.berth.build.files;

import dev.berth.build.BuildException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A name of a path in which {@code *}, {@code ?} and {@code [a-z]} stand for others, as in Go's {@code path.Match}. */
final class PathPattern {
    private final Pattern pattern;

    private PathPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** @throws BuildException INVALID for a pattern that is malformed */
    static PathPattern of(String name) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < name.length()) {
            char c = name.charAt(i++);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                case '[' -> i = range(name, i, regex);
                case '\\' -> {
                    if (i == name.length()) {
                        throw malformed(name);
                    }
                    regex.append(Pattern.quote(name.substring(i, ++i)));
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return new PathPattern(Pattern.compile(regex.toString(), Pattern.DOTALL));
        } catch (PatternSyntaxException e) {
            throw malformed(name);
        }
    }

    /** Adds what is between brackets; gives where it goes on. */
    private static int range(String name, int from, StringBuilder regex) {
        int i = from;
        regex.append('[');
        if (i < name.length() && name.charAt(i) == '^') {
            regex.append('^');
            i++;
        }
        int first = i;
        while (i < name.length() && (name.charAt(i) != ']' || i == first)) {
            char c = name.charAt(i++);
            if (c == '\\' && i < name.length()) {
                c = name.charAt(i++);
            } else if (c == '-' && i - 1 > first) {
                regex.append('-');
                continue;
            }
            if (!Character.isLetterOrDigit(c)) {
                regex.append('\\'); // behind it a letter would mean something else
            }
            regex.append(c);
        }
        if (i >= name.length()) {
            throw malformed(name);
        }
        regex.append(']');
        return i + 1;
    }

    private static BuildException malformed(String name) {
        return BuildException.invalid("the pattern \"" + name + "\" is malformed");
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
