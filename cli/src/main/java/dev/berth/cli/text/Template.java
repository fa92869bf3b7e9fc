package dev.berth.cli.text;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Tree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of Go's templates (text/template) that {@code --format} is used with: fields ({@code {{.State.Status}}}),
 * {@code range} with variables, {@code if}, {@code else}, {@code end}, pipes, and {@link TemplateFunctions functions}.
 */
public final class Template {
    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|\\(|\\)|[^\\s()]+");
    /** A bar with an even number of quotes behind it. */
    private static final Pattern PIPE = Pattern.compile("\\|(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

    private static final Pattern PATH = Pattern.compile("(\\.\\w+)+");

    private final String source;
    private final List<Node> nodes;

    private sealed interface Node {}

    private record Text(String text) implements Node {}

    private record Value(String expression) implements Node {}

    /** @param variables that name the key and the element, or the element alone; none: the element is the dot */
    private record Range(List<String> variables, String expression, List<Node> body, List<Node> otherwise)
            implements Node {}

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

    /** Texts, and actions with a zero character before them. A dash inside the braces takes the blanks next to them. */
    private List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        boolean trim = false;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw wrong("unclosed action");
            }
            String action = text.substring(open + 2, close);
            String before = trim ? text.substring(at, open).stripLeading() : text.substring(at, open);
            parts.add(action.startsWith("- ") ? before.stripTrailing() : before);
            trim = action.endsWith(" -");
            parts.add("\0" + action.replaceAll("^- | -$", "").strip());
            at = close + 2;
        }
        parts.add(trim ? text.substring(at).stripLeading() : text.substring(at));
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
                result.add(block(part, parts));
            } else {
                result.add(new Value(part.substring(1)));
            }
        }
        if (inside) {
            throw wrong("unexpected EOF");
        }
        return result;
    }

    private Node block(String part, Deque<String> parts) {
        String expression = part.substring(part.indexOf(' ') + 1).strip();
        List<Node> body = parse(parts, true);
        List<Node> otherwise = List.of();
        if ("\0else".equals(parts.peek())) {
            parts.pop();
            otherwise = parse(parts, true);
        }
        if (!"\0end".equals(parts.poll())) {
            throw wrong("unexpected EOF");
        }
        if (part.startsWith("\0if ")) {
            return new If(expression, body, otherwise);
        }
        int assigned = expression.indexOf(":=");
        List<String> variables = assigned < 0
                ? List.of()
                : List.of(expression.substring(0, assigned).strip().split("\\s*,\\s*"));
        return new Range(variables, expression.substring(assigned < 0 ? 0 : assigned + 2), body, otherwise);
    }

    /** Where an expression is evaluated: the dot, and the variables of the ranges around it. */
    private record Scope(Tree dot, Map<String, @Nullable Object> variables) {
        Scope with(List<String> names, @Nullable Object key, @Nullable Object element) {
            Map<String, @Nullable Object> all = new HashMap<>(variables);
            if (!names.isEmpty()) {
                all.put(names.getLast(), element);
            }
            if (names.size() > 1) {
                all.put(names.getFirst(), key);
            }
            return new Scope(new Tree(element), all);
        }
    }

    /**
     * The text for a value.
     *
     * @throws CliException for functions that are not known, or not used as they must be
     */
    public String apply(Tree value) {
        StringBuilder out = new StringBuilder();
        write(out, nodes, new Scope(value, Map.of()));
        return out.toString();
    }

    private void write(StringBuilder out, List<Node> parts, Scope scope) {
        for (Node node : parts) {
            switch (node) {
                case Text text -> out.append(text.text());
                case Value value -> out.append(TemplateFunctions.text(evaluate(value.expression(), scope)));
                case If condition ->
                    write(
                            out,
                            TemplateFunctions.truth(evaluate(condition.expression(), scope))
                                    ? condition.body()
                                    : condition.otherwise(),
                            scope);
                case Range range -> writeEach(out, range, scope);
            }
        }
    }

    private void writeEach(StringBuilder out, Range range, Scope scope) {
        Map<Object, @Nullable Object> elements = new LinkedHashMap<>();
        switch (evaluate(range.expression(), scope)) {
            case Map<?, ?> map -> elements.putAll(new TreeMap<>(map));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    elements.put(i, list.get(i));
                }
            }
            case null, default -> {
                // nothing to go through
            }
        }
        elements.forEach((key, element) -> write(out, range.body(), scope.with(range.variables(), key, element)));
        if (elements.isEmpty()) {
            write(out, range.otherwise(), scope);
        }
    }

    /** A pipe: each part's result is the last argument of the next. */
    private @Nullable Object evaluate(String expression, Scope scope) {
        @Nullable Object piped = null;
        boolean first = true;
        for (String command : PIPE.split(expression, -1)) {
            List<@Nullable Object> words = words(command, scope);
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

    private List<@Nullable Object> words(String command, Scope scope) {
        Deque<List<@Nullable Object>> stack = new ArrayDeque<>();
        stack.push(new ArrayList<>());
        Matcher words = WORD.matcher(command);
        while (words.find()) {
            String word = words.group();
            if (word.equals("(")) {
                stack.push(new ArrayList<>());
            } else if (word.equals(")") && stack.size() > 1) {
                Object inner = call(stack.pop());
                String path = fieldsBehind(command, words.end());
                stack.element().add(path.isEmpty() ? inner : field(new Tree(inner), path));
                words.region(words.end() + path.length(), command.length());
            } else if (words.group(1) != null) {
                stack.element().add(words.group(1).replace("\\\"", "\"").replace("\\\\", "\\"));
            } else if (word.startsWith(".")) {
                stack.element().add(field(scope.dot(), word));
            } else if (word.startsWith("$")) {
                stack.element().add(variable(word, scope));
            } else if (word.matches("-?[0-9]{1,18}")) {
                stack.element().add(Long.parseLong(word));
            } else {
                stack.element().add(new Name(word));
            }
        }
        return stack.element();
    }

    /** The {@code .A.B} that stands right behind a bracket. */
    private static String fieldsBehind(String command, int at) {
        Matcher path = PATH.matcher(command).region(at, command.length());
        return path.lookingAt() ? path.group() : "";
    }

    private @Nullable Object variable(String word, Scope scope) {
        int dot = word.indexOf('.');
        String name = dot < 0 ? word : word.substring(0, dot);
        if (!scope.variables().containsKey(name)) {
            throw wrong("undefined variable \"" + name + "\"");
        }
        Object value = scope.variables().get(name);
        return dot < 0 ? value : field(new Tree(value), word.substring(dot));
    }

    private static @Nullable Object field(Tree dot, String path) {
        if (path.equals(".")) {
            return dot.value();
        }
        return dot.get(path.substring(1).split("\\.")).value();
    }

    private @Nullable Object call(List<@Nullable Object> words) {
        if (words.isEmpty()) {
            throw wrong("missing value for parenthesized pipeline");
        }
        if (!(words.getFirst() instanceof Name function)) {
            return words.getFirst();
        }
        List<@Nullable Object> arguments = words.subList(1, words.size());
        try {
            return TemplateFunctions.call(function.name(), arguments);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private CliException wrong(String why) {
        return new CliException("template parsing error: template: " + source + ": " + why);
    }
}
