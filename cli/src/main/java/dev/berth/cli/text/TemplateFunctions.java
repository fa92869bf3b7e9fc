package dev.berth.cli.text;

import dev.berth.cli.json.Json;
import java.io.Serial;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The functions of templates, by Go's names and Docker's. What they cannot do is an {@link IllegalArgumentException}. */
final class TemplateFunctions {
    /** How many arguments a function takes at least, and at most. */
    private record Arity(int least, int most) {}

    private static final int ANY = Integer.MAX_VALUE;

    private static final Map<String, Arity> GO = Map.ofEntries(
            Map.entry("and", new Arity(1, ANY)),
            Map.entry("eq", new Arity(1, ANY)),
            Map.entry("ge", new Arity(2, 2)),
            Map.entry("gt", new Arity(2, 2)),
            Map.entry("html", new Arity(0, ANY)),
            Map.entry("index", new Arity(1, ANY)),
            Map.entry("le", new Arity(2, 2)),
            Map.entry("len", new Arity(1, 1)),
            Map.entry("lt", new Arity(2, 2)),
            Map.entry("ne", new Arity(2, 2)),
            Map.entry("not", new Arity(1, 1)),
            Map.entry("or", new Arity(1, ANY)),
            Map.entry("print", new Arity(0, ANY)),
            Map.entry("printf", new Arity(1, ANY)),
            Map.entry("println", new Arity(0, ANY)),
            Map.entry("slice", new Arity(1, 4)),
            Map.entry("urlquery", new Arity(0, ANY)));

    private static final Map<String, Arity> DOCKER = Map.of(
            "join", new Arity(2, 2),
            "json", new Arity(1, 1),
            "lower", new Arity(1, 1),
            "pad", new Arity(3, 3),
            "split", new Arity(2, 2),
            "title", new Arity(1, 1),
            "truncate", new Arity(2, 2),
            "upper", new Arity(1, 1));

    private TemplateFunctions() {}

    /** A function was given too few arguments, or too many. */
    static final class WrongCountException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1;

        WrongCountException(String message) {
            super(message);
        }
    }

    static boolean isKnown(String function) {
        return GO.containsKey(function) || DOCKER.containsKey(function);
    }

    /** Whether a function is of the language, not one of Docker's. */
    static boolean isGos(String function) {
        return GO.containsKey(function);
    }

    /** Calls a function by its name. */
    static @Nullable Object call(String function, List<@Nullable Object> arguments) {
        Arity arity = GO.getOrDefault(function, DOCKER.getOrDefault(function, new Arity(0, ANY)));
        int count = arguments.size();
        if (count < arity.least() || count > arity.most()) {
            throw new WrongCountException("wrong number of args for " + function + ": want "
                    + (arity.most() == ANY ? "at least " : "") + arity.least() + " got " + count);
        }
        @Nullable Object first = count > 0 ? arguments.getFirst() : null;
        return switch (function) {
            case "json" -> Json.text(first);
            case "upper" -> text(first).toUpperCase(Locale.ROOT);
            case "lower" -> text(first).toLowerCase(Locale.ROOT);
            case "title" -> title(text(first));
            case "pad" -> pad(text(first), number(arguments.get(1)), number(arguments.get(2)));
            case "truncate" -> truncate(text(first), number(arguments.get(1)));
            case "join" -> join(first, text(arguments.get(1)));
            case "split" -> List.of(text(first).split(Pattern.quote(text(arguments.get(1))), -1));
            case "len" -> length(first);
            case "print" -> print(arguments);
            case "println" ->
                String.join(" ", arguments.stream().map(GoText::of).toList()) + "\n";
            case "printf" -> GoText.printf(text(first), arguments.subList(1, count));
            case "html" -> html(print(arguments));
            case "urlquery" -> URLEncoder.encode(print(arguments), StandardCharsets.UTF_8);
            case "not" -> !GoText.truth(first);
            case "and", "or" -> arguments.getLast(); // the arguments before it have decided nothing
            case "eq" -> equalsAny(arguments);
            case "ne" -> !isEqual(first, arguments.get(1));
            case "lt" -> compare(first, arguments.get(1)) < 0;
            case "le" -> compare(first, arguments.get(1)) <= 0;
            case "gt" -> compare(first, arguments.get(1)) > 0;
            case "ge" -> compare(first, arguments.get(1)) >= 0;
            case "slice" -> slice(arguments);
            default -> index(arguments);
        };
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("wrong type for value; expected string; got " + GoText.type(value));
    }

    private static int number(@Nullable Object value) {
        if (value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw new IllegalArgumentException("wrong type for value; expected int; got " + GoText.of(value));
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean begins = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(begins ? Character.toTitleCase(c) : c);
            begins = Character.isWhitespace(c);
        }
        return out.toString();
    }

    private static String pad(String text, int before, int after) {
        return text.isEmpty() ? text : " ".repeat(before) + text + " ".repeat(after);
    }

    private static String truncate(String text, int length) {
        return text.substring(0, Math.min(text.length(), length));
    }

    private static String join(@Nullable Object list, String separator) {
        return switch (list) {
            case List<?> values ->
                String.join(separator, values.stream().map(GoText::of).toList());
            case GoText.Nil nil -> "";
            case null, default ->
                throw new IllegalArgumentException("wrong type for value; expected []string; got " + GoText.type(list));
        };
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case String text -> text.getBytes(StandardCharsets.UTF_8).length;
            case GoText.Nil nil when !nil.text().equals("<nil>") -> 0;
            case null, default -> throw new IllegalArgumentException("len of type " + GoText.type(value));
        };
    }

    /** Blanks stand between two values of which neither is a text. */
    private static String print(List<@Nullable Object> values) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            boolean apart = i > 0 && !(values.get(i) instanceof String) && !(values.get(i - 1) instanceof String);
            out.append(apart ? " " : "").append(GoText.of(values.get(i)));
        }
        return out.toString();
    }

    private static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }

    private static boolean equalsAny(List<@Nullable Object> arguments) {
        if (arguments.size() < 2) {
            throw new IllegalArgumentException("missing argument for comparison");
        }
        return arguments.stream().skip(1).anyMatch(other -> isEqual(arguments.getFirst(), other));
    }

    private static boolean isEqual(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null || a instanceof GoText.Nil || b instanceof GoText.Nil) {
            return !GoText.truth(a) && !GoText.truth(b) && GoText.type(a).equals(GoText.type(b));
        }
        if (a instanceof Number && b instanceof Number) {
            return compare(a, b) == 0;
        }
        if (!GoText.type(a).equals(GoText.type(b))) {
            throw new IllegalArgumentException("incompatible types for comparison");
        }
        return a.equals(b);
    }

    private static int compare(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number && b instanceof Number) {
            return new BigDecimal(String.valueOf(a)).compareTo(new BigDecimal(String.valueOf(b)));
        }
        if (a instanceof String left && b instanceof String right) {
            return left.compareTo(right);
        }
        throw new IllegalArgumentException("incompatible types for comparison");
    }

    private static Object slice(List<@Nullable Object> arguments) {
        Object value = arguments.getFirst();
        int size = (int) length(value);
        int from = arguments.size() > 1 ? number(arguments.get(1)) : 0;
        int to = arguments.size() > 2 ? number(arguments.get(2)) : size;
        if (from > to || to > size) {
            throw new IllegalArgumentException("slice index out of range: " + Math.max(from, to));
        }
        return value instanceof List<?> list
                ? (Object) new ArrayList<>(list.subList(from, to))
                : (Object) text(value).substring(from, to);
    }

    private static @Nullable Object index(List<@Nullable Object> arguments) {
        Object value = arguments.getFirst();
        for (Object key : arguments.subList(1, arguments.size())) {
            value = switch (value) {
                case Map<?, ?> map -> indexed(map, key);
                case List<?> list -> list.get(within(list.size(), key));
                case String text -> (long) text.charAt(within(text.length(), key));
                case GoText.Nil nil when nil.text().equals("map[]") -> "";
                case null -> throw new IllegalArgumentException("index of untyped nil");
                default -> throw new IllegalArgumentException("can't index item of type " + GoText.type(value));
            };
        }
        return value;
    }

    /** A missing text is an empty one, as Go has it; anything else that is missing has no value. */
    private static @Nullable Object indexed(Map<?, ?> map, @Nullable Object key) {
        Object found = map.get(GoText.of(key));
        boolean texts = !map.isEmpty() && map.values().stream().allMatch(String.class::isInstance);
        return found == null && texts ? "" : found;
    }

    private static int within(int size, @Nullable Object key) {
        if (!(key instanceof Long at)) {
            throw new IllegalArgumentException("cannot index slice/array with type " + GoText.type(key));
        }
        if (at < 0 || at >= size) {
            throw new IllegalArgumentException("index out of range: " + at);
        }
        return at.intValue();
    }
}
