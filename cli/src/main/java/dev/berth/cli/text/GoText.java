package dev.berth.cli.text;

import dev.berth.cli.json.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values as Go prints them, and what Go takes for true. */
public final class GoText {
    private static final Pattern VERB = Pattern.compile("%([-+# 0]*)([0-9]{0,4})(?:\\.([0-9]{0,4}))?(.|$)");
    private static final double LEAST_PLAIN = 1e-4;
    private static final double MOST_PLAIN = 1e21;

    private GoText() {}

    /**
     * Nothing, where JSON says null and Go has a type that prints as something.
     *
     * @param text {@code <nil>}, {@code []} or {@code map[]}
     */
    public record Nil(String text) implements Json.Nothing {}

    /** What {@code if} takes for true. */
    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Nil nil -> false;
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case Number number -> number.doubleValue() != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** A value as it is printed. */
    static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "<no value>";
            case Nil nil -> nil.text();
            case BigDecimal number -> decimal(number.doubleValue());
            case List<?> list ->
                "[" + String.join(" ", list.stream().map(GoText::inside).toList()) + "]";
            case Map<?, ?> map ->
                "map["
                        + String.join(
                                " ",
                                new TreeMap<>(map)
                                        .entrySet().stream()
                                                .map(e -> e.getKey() + ":" + inside(e.getValue()))
                                                .toList())
                        + "]";
            default -> String.valueOf(value);
        };
    }

    private static String inside(@Nullable Object value) {
        return value == null ? "<nil>" : of(value);
    }

    private static String decimal(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < LEAST_PLAIN || size >= MOST_PLAIN)) {
            String text = Double.toString(value).replace(".0E", "E");
            int e = text.indexOf('E');
            int exponent = Integer.parseInt(text.substring(e + 1));
            return text.substring(0, e) + String.format(Locale.ROOT, "e%+03d", exponent);
        }
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    static String type(@Nullable Object value) {
        return switch (value) {
            case null -> "<nil>";
            case String text -> "string";
            case Boolean truth -> "bool";
            case Long number -> "int";
            case Integer number -> "int";
            case BigDecimal number -> "float64";
            case List<?> list -> "[]interface {}";
            case Map<?, ?> map -> "map[string]interface {}";
            default -> "interface {}";
        };
    }

    /** {@code fmt.Sprintf}. */
    static String printf(String format, List<@Nullable Object> arguments) {
        StringBuilder out = new StringBuilder();
        Matcher verbs = VERB.matcher(format);
        int end = 0;
        int used = 0;
        while (verbs.find()) {
            out.append(format, /* start= */ end, /* end= */ verbs.start());
            end = verbs.end();
            String verb = verbs.group(4);
            if (verb.equals("%")) {
                out.append('%');
            } else if (verb.isEmpty()) {
                out.append("%!(NOVERB)");
            } else if (used >= arguments.size()) {
                out.append("%!").append(verb).append("(MISSING)");
            } else {
                String precision = verbs.group(3);
                out.append(pad(
                        formatted(verb.charAt(0), precision, arguments.get(used++)), verbs.group(1), verbs.group(2)));
            }
        }
        out.append(format.substring(end));
        if (used < arguments.size()) {
            List<String> more = new ArrayList<>();
            arguments.subList(used, arguments.size()).forEach(extra -> more.add(type(extra) + "=" + of(extra)));
            out.append("%!(EXTRA ").append(String.join(", ", more)).append(')');
        }
        return out.toString();
    }

    private static String formatted(char verb, @Nullable String precision, @Nullable Object value) {
        int digits = precision == null ? -1 : precision.isEmpty() ? 0 : Integer.parseInt(precision);
        return switch (verb) {
            case 'v' -> of(value);
            case 's' -> value instanceof Number || value instanceof Boolean ? bad(verb, value) : cut(of(value), digits);
            case 'q' -> value instanceof String text ? Json.text(text) : bad(verb, value);
            case 't' -> value instanceof Boolean ? of(value) : bad(verb, value);
            case 'T' -> type(value);
            case 'd' -> value instanceof Long || value instanceof Integer ? of(value) : bad(verb, value);
            case 'x' -> value instanceof Long number ? Long.toHexString(number) : bad(verb, value);
            case 'f' ->
                value instanceof BigDecimal number
                        ? String.format(Locale.ROOT, "%." + (digits < 0 ? 6 : digits) + "f", number)
                        : bad(verb, value);
            case 'c' -> value instanceof Long number ? Character.toString(number.intValue()) : bad(verb, value);
            default -> bad(verb, value);
        };
    }

    private static String bad(char verb, @Nullable Object value) {
        return value == null ? "%!" + verb + "(<nil>)" : "%!" + verb + "(" + type(value) + "=" + of(value) + ")";
    }

    private static String cut(String text, int digits) {
        return digits < 0 || text.length() <= digits ? text : text.substring(0, digits);
    }

    private static String pad(String text, String flags, String width) {
        int missing = width.isEmpty() ? 0 : Integer.parseInt(width) - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        if (flags.contains("-")) {
            return text + " ".repeat(missing);
        }
        return (flags.contains("0") ? "0" : " ").repeat(missing) + text;
    }
}
