package dev.berth.cli.text;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of Go's templates that {@code --format} is used with: fields ({@code {{.State.Status}}}), {@code json},
 * {@code index}, {@code len}, {@code join}, {@code upper}, {@code lower}, {@code println}, {@code range}, {@code if},
 * {@code else}, {@code end}, and pipes.
 */
public final class Template {
    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|\\(|\\)|[^\\s()]+");

    private final String source;
    private final List<Node> nodes;

    private sealed interface Node {}

    private record Text(String text) implements Node {}

    private record Value(String expression) implements Node {}

    private record Range(String expression, List<Node> body, List<Node> otherwise) implements Node {}

    private record If(String expression, List<Node> body, List<Node> otherwise) implements Node {}

    /**
     * Reads a template.
     *
     * @throws CliException where it is not well-formed or uses what is not known
     */
    public Template(String source) {
        this.source = source;
        Deque<String> parts = new ArrayDeque<>(split(source.replace("\\t", "\t").replace("\\n", "\n")));
        this.nodes = parse(parts, false);
        if (!parts.isEmpty()) {
            throw wrong("unexpected {{" + parts.peek().substring(1) + "}}");
        }
    }

    /** Texts, and actions with a zero character before them. */
    private List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw wrong("unclosed action");
            }
            parts.add(text.substring(at, open));
            String action = text.substring(open + 2, close);
            parts.add("\0" + action.replaceAll("^-|-$", "").strip());
            at = close + 2;
        }
        parts.add(text.substring(at));
        return parts;
    }

    private List<Node> parse(Deque<String> parts, boolean inside) {
        List<Node> result = new ArrayList<>();
        while (!parts.isEmpty()) {
            String part = parts.peek();
            if (part.equals("\0end") || part.equals("\0else")) {
                if (!inside) {
                    throw wrong("unexpected {{" + part.substring(1) + "}}");
                }
                return result;
            }
            parts.pop();
            if (!part.startsWith("\0")) {
                result.add(new Text(part));
            } else if (part.startsWith("\0range ") || part.startsWith("\0if ")) {
                String expression = part.substring(part.indexOf(' ') + 1);
                List<Node> body = parse(parts, true);
                List<Node> otherwise = List.of();
                if ("\0else".equals(parts.peek())) {
                    parts.pop();
                    otherwise = parse(parts, true);
                }
                if (!"\0end".equals(parts.poll())) {
                    throw wrong("unexpected EOF");
                }
                result.add(
                        part.startsWith("\0range ")
                                ? new Range(expression, body, otherwise)
                                : new If(expression, body, otherwise));
            } else {
                result.add(new Value(part.substring(1)));
            }
        }
        if (inside) {
            throw wrong("unexpected EOF");
        }
        return result;
    }

    /** The text for a value. */
    public String apply(Tree value) {
        StringBuilder out = new StringBuilder();
        write(out, nodes, value);
        return out.toString();
    }

    private void write(StringBuilder out, List<Node> parts, Tree dot) {
        for (Node node : parts) {
            switch (node) {
                case Text text -> out.append(text.text());
                case Value value -> out.append(text(evaluate(value.expression(), dot)));
                case If condition ->
                    write(
                            out,
                            truth(evaluate(condition.expression(), dot)) ? condition.body() : condition.otherwise(),
                            dot);
                case Range range -> {
                    Object all = evaluate(range.expression(), dot);
                    Iterable<?> elements = all instanceof Map<?, ?> map
                            ? map.values()
                            : all instanceof List<?> list ? list : List.of();
                    boolean empty = true;
                    for (Object element : elements) {
                        empty = false;
                        write(out, range.body(), new Tree(element));
                    }
                    if (empty) {
                        write(out, range.otherwise(), dot);
                    }
                }
            }
        }
    }

    private static boolean truth(@Nullable Object value) {
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

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "<no value>";
            case List<?> list ->
                "[" + String.join(" ", list.stream().map(Template::text).toList()) + "]";
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

    /** A pipe: each part's result is the last argument of the next. */
    private @Nullable Object evaluate(String expression, Tree dot) {
        @Nullable Object piped = null;
        boolean first = true;
        for (String command : expression.split("\\|")) {
            List<@Nullable Object> words = words(command, dot);
            if (words.isEmpty()) {
                throw wrong("missing value for command");
            }
            if (!first) {
                words.add(piped);
            }
            piped = call(words);
            first = false;
        }
        return piped;
    }

    /** A function's name, as itself; else a value. */
    private record Name(String name) {}

    private List<@Nullable Object> words(String command, Tree dot) {
        Deque<List<@Nullable Object>> stack = new ArrayDeque<>();
        stack.push(new ArrayList<>());
        Matcher words = WORD.matcher(command);
        while (words.find()) {
            String word = words.group();
            if (word.equals("(")) {
                stack.push(new ArrayList<>());
            } else if (word.equals(")") && stack.size() > 1) {
                Object inner = call(stack.pop());
                stack.element().add(inner);
            } else if (words.group(1) != null) {
                stack.element().add(words.group(1).replace("\\\"", "\"").replace("\\\\", "\\"));
            } else if (word.startsWith(".")) {
                stack.element().add(field(dot, word));
            } else if (word.matches("-?[0-9]+")) {
                stack.element().add(Long.parseLong(word));
            } else {
                stack.element().add(new Name(word));
            }
        }
        return stack.element();
    }

    private static @Nullable Object field(Tree dot, String path) {
        if (path.equals(".")) {
            return dot.value();
        }
        return dot.get(path.substring(1).split("\\.")).value();
    }

    private @Nullable Object call(List<@Nullable Object> words) {
        if (!(words.getFirst() instanceof Name function)) {
            return words.getFirst();
        }
        List<@Nullable Object> arguments = words.subList(1, words.size());
        Object last = arguments.isEmpty() ? null : arguments.getLast();
        return switch (function.name()) {
            case "json" -> Json.text(last);
            case "len" -> length(last);
            case "upper" -> text(last).toUpperCase(Locale.ROOT);
            case "lower" -> text(last).toLowerCase(Locale.ROOT);
            case "println" -> text(last) + "\n";
            case "print" -> text(last);
            case "not" -> !truth(last);
            case "eq" -> arguments.size() == 2 && text(arguments.get(0)).equals(text(arguments.get(1)));
            case "ne" -> arguments.size() == 2 && !text(arguments.get(0)).equals(text(arguments.get(1)));
            case "join" -> join(arguments);
            case "split" -> List.of(text(arguments.get(0)).split(Pattern.quote(text(arguments.get(1))), -1));
            case "truncate" ->
                text(arguments.get(0))
                        .substring(0, (int) Math.min(text(arguments.get(0)).length(), (Long) arguments.get(1)));
            case "index" -> index(arguments);
            default -> throw wrong("function \"" + function.name() + "\" not defined");
        };
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case String text -> text.length();
            case null, default -> 0;
        };
    }

    private String join(List<@Nullable Object> arguments) {
        if (arguments.size() != 2 || !(arguments.get(0) instanceof List<?> list)) {
            throw wrong("join takes a list and a separator");
        }
        return String.join(
                text(arguments.get(1)), list.stream().map(Template::text).toList());
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

    private CliException wrong(String why) {
        return new CliException("template parsing error: template: " + source + ": " + why);
    }
}
