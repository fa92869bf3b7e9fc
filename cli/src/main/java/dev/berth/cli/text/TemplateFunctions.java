package dev.berth.cli.text;

import dev.berth.cli.json.Json;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The functions of templates, by Go's names and Docker's. What they cannot do is an {@link IllegalArgumentException}. */
final class TemplateFunctions {
    private static final Pattern VERB = Pattern.compile("%(-?[0-9]{0,4}(?:\\.[0-9]{1,4})?)([sdvq%])");
    /** How many arguments a function takes at least. */
    private static final Map<String, Integer> ARGUMENTS = Map.ofEntries(
            Map.entry("json", 1),
            Map.entry("len", 1),
            Map.entry("upper", 1),
            Map.entry("lower", 1),
            Map.entry("title", 1),
            Map.entry("println", 0),
            Map.entry("print", 0),
            Map.entry("printf", 1),
            Map.entry("not", 1),
            Map.entry("and", 1),
            Map.entry("or", 1),
            Map.entry("eq", 2),
            Map.entry("ne", 2),
            Map.entry("join", 2),
            Map.entry("split", 2),
            Map.entry("truncate", 2),
            Map.entry("index", 1));

    private TemplateFunctions() {}

    /** Calls a function by its name. */
    static @Nullable Object call(String function, List<@Nullable Object> arguments) {
        Integer least = ARGUMENTS.get(function);
        if (least == null) {
            throw new IllegalArgumentException("function \"" + function + "\" not defined");
        }
        if (arguments.size() < least) {
            throw new IllegalArgumentException(
                    "wrong number of args for " + function + ": want " + least + " got " + arguments.size());
        }
        return apply(function, arguments);
    }

    private static @Nullable Object apply(String function, List<@Nullable Object> arguments) {
        Object last = arguments.isEmpty() ? null : arguments.getLast();
        return switch (function) {
            case "json" -> Json.text(last);
            case "len" -> length(last);
            case "upper" -> text(last).toUpperCase(Locale.ROOT);
            case "lower" -> text(last).toLowerCase(Locale.ROOT);
            case "title" -> title(text(last));
            case "print" -> String.join("", texts(arguments));
            case "println" -> String.join(" ", texts(arguments)) + "\n";
            case "printf" -> printf(arguments);
            case "not" -> !truth(last);
            case "and" ->
                arguments.stream().filter(value -> !truth(value)).findFirst().orElse(last);
            case "or" ->
                arguments.stream().filter(TemplateFunctions::truth).findFirst().orElse(last);
            case "eq" -> texts(arguments.subList(1, arguments.size())).contains(text(arguments.getFirst()));
            case "ne" -> !text(arguments.get(0)).equals(text(arguments.get(1)));
            case "join" -> join(arguments);
            case "split" -> List.of(text(arguments.get(0)).split(Pattern.quote(text(arguments.get(1))), -1));
            case "truncate" -> truncate(arguments);
            default -> index(arguments);
        };
    }

    private static List<String> texts(List<@Nullable Object> values) {
        return values.stream().map(TemplateFunctions::text).toList();
    }

    private static String title(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static String truncate(List<@Nullable Object> arguments) {
        String text = text(arguments.get(0));
        if (!(arguments.get(1) instanceof Long length) || length < 0) {
            throw new IllegalArgumentException("truncate takes a text and a length");
        }
        return text.substring(0, (int) Math.min(text.length(), length));
    }

    private static String printf(List<@Nullable Object> arguments) {
        Deque<String> values = new ArrayDeque<>(texts(arguments.subList(1, arguments.size())));
        Matcher verbs = VERB.matcher(text(arguments.getFirst()));
        return verbs.replaceAll(verb -> {
            String letter = verb.group(2);
            if (letter.equals("%")) {
                return "%";
            }
            if (values.isEmpty()) {
                throw new IllegalArgumentException("printf has too few arguments");
            }
            String value = letter.equals("q") ? Json.text(values.pop()) : values.pop();
            return Matcher.quoteReplacement(String.format(Locale.ROOT, "%" + verb.group(1) + "s", value));
        });
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case String text -> text.length();
            case null, default -> 0;
        };
    }

    private static String join(List<@Nullable Object> arguments) {
        if (arguments.size() != 2 || !(arguments.get(0) instanceof List<?> list)) {
            throw new IllegalArgumentException("join takes a list and a separator");
        }
        return String.join(
                text(arguments.get(1)),
                list.stream().map(TemplateFunctions::text).toList());
    }

    private static @Nullable Object index(List<@Nullable Object> arguments) {
        Object value = arguments.getFirst();
        for (Object key : arguments.subList(1, arguments.size())) {
            value = switch (value) {
                case Map<?, ?> map -> map.get(String.valueOf(key));
                case List<?> list when key instanceof Long at && at >= 0 && at < list.size() -> list.get(at.intValue());
                case null, default -> null;
            };
        }
        return value;
    }

    /** What {@code if} takes for true. */
    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case Number number -> number.doubleValue() != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** A value as it is printed. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "<no value>";
            case List<?> list ->
                "["
                        + String.join(
                                " ", list.stream().map(TemplateFunctions::text).toList()) + "]";
            case Map<?, ?> map ->
                "map["
                        + String.join(
                                " ",
                                map.entrySet().stream()
                                        .map(e -> e.getKey() + ":" + text(e.getValue()))
                                        .toList())
                        + "]";
            default -> String.valueOf(value);
        };
    }
}
