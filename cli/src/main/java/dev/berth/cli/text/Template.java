package dev.berth.cli.text;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.TemplateNode.Command;
import dev.berth.cli.text.TemplateNode.Operand;
import dev.berth.cli.text.TemplateNode.Pipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A template of Go (text/template) with Docker's functions, as {@code --format} takes them. What a template is given is
 * JSON, where Docker has Go's types: a member that is not there is an error, unless it is of a map with free names.
 */
public final class Template {
    /** Members that are maps of whatever names: one that is not there has no value. */
    private static final Set<String> FREE = Set.of(
            "Labels",
            "Attributes",
            "Annotations",
            "ExposedPorts",
            "Volumes",
            "Networks",
            "Ports",
            "PortBindings",
            "Options",
            "DriverOpts",
            "Sysctls",
            "Tmpfs",
            "StorageOpt",
            "Data",
            "Details",
            "Runtimes",
            "IndexConfigs",
            "Endpoints",
            "Metadata",
            "TLSMaterial");

    /** What Docker says before the reason, and ends with. */
    public enum Style {
        /** Of {@code inspect}. */
        ONE("", "template parsing error: ", 64, "template parsing error: "),
        /** Of {@code version}. */
        VERSION("version", "template parsing error: ", 64, ""),
        /** Of {@code info}. */
        INFO("", "template parsing error: ", 64, ""),
        /** Of {@code events}. */
        EVENTS("", "Error parsing format: ", 64, "Error parsing format: "),
        /** Of rows. */
        ROWS("", "failed to parse template: ", 1, "failed to execute template: ");

        private final String name;
        private final String parsing;
        private final int parsingCode;
        private final String executing;

        Style(String name, String parsing, int parsingCode, String executing) {
            this.name = name;
            this.parsing = parsing;
            this.parsingCode = parsingCode;
            this.executing = executing;
        }
    }

    /** A member that is asked with arguments: {@code {{.Label "x"}}}. */
    @FunctionalInterface
    public interface Method extends Json.Unwritten {
        Object call(List<@Nullable Object> arguments);
    }

    private final String source;
    private final Style style;
    private final List<TemplateNode> nodes;

    /** @throws CliException where it is not well-formed or uses what is not known */
    public Template(String source) {
        this(source, Style.ONE);
    }

    /** @throws CliException where it is not well-formed or uses what is not known */
    public Template(String source, Style style) {
        this.source = source;
        this.style = style;
        try {
            this.nodes = new TemplateReader(source).read();
        } catch (IllegalArgumentException e) {
            throw new CliException(style.parsingCode, style.parsing + "template: " + style.name + ":" + e.getMessage());
        }
    }

    /**
     * The text for a value.
     *
     * @throws CliException for functions that are not used as they must be, and members that are not there
     */
    public String apply(Tree value) {
        return run(value, false);
    }

    /** The text for a table's headings: functions leave them as they are. */
    String heading(Map<String, String> headings) {
        return run(new Tree(headings), true);
    }

    private String run(Tree value, boolean heading) {
        StringBuilder out = new StringBuilder();
        Scope scope = new Scope(value.value(), new HashMap<>(), heading);
        scope.variables().put("$", value.value());
        write(out, nodes, scope);
        return out.toString();
    }

    /** Where an expression is evaluated. */
    private record Scope(@Nullable Object dot, Map<String, @Nullable Object> variables, boolean heading) {
        Scope at(@Nullable Object newDot) {
            return new Scope(newDot, new HashMap<>(variables), heading);
        }
    }

    /** How a part ended. */
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private Flow write(StringBuilder out, List<TemplateNode> parts, Scope scope) {
        for (TemplateNode node : parts) {
            Flow flow = switch (node) {
                case TemplateNode.Text text -> {
                    out.append(text.text());
                    yield Flow.ON;
                }
                case TemplateNode.Action action -> {
                    Object value = evaluate(action.pipe(), scope);
                    if (action.pipe().variables().isEmpty()) {
                        out.append(GoText.of(value));
                    }
                    yield Flow.ON;
                }
                case TemplateNode.If choice ->
                    writeInside(
                            out,
                            GoText.truth(evaluate(choice.condition(), scope)) ? choice.body() : choice.otherwise(),
                            scope,
                            scope.dot());
                case TemplateNode.With with -> {
                    Object value = evaluate(with.value(), scope);
                    boolean has = GoText.truth(value);
                    yield writeInside(out, has ? with.body() : with.otherwise(), scope, has ? value : scope.dot());
                }
                case TemplateNode.Range range -> writeEach(out, range, scope);
                case TemplateNode.Break end -> Flow.BREAK;
                case TemplateNode.Continue next -> Flow.CONTINUE;
            };
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    /** Variables of a block end with it; what it gives to those outside stays. */
    private Flow writeInside(StringBuilder out, List<TemplateNode> body, Scope scope, @Nullable Object dot) {
        Scope inner = scope.at(dot);
        Flow flow = write(out, body, inner);
        scope.variables().replaceAll((name, value) -> inner.variables().get(name));
        return flow;
    }

    private Flow writeEach(StringBuilder out, TemplateNode.Range range, Scope scope) {
        Pipe pipe = range.value();
        Map<Object, @Nullable Object> elements = new LinkedHashMap<>();
        switch (evaluate(new Pipe(List.of(), pipe.commands(), pipe.at(), pipe.text()), scope)) {
            case Map<?, ?> map -> elements.putAll(new TreeMap<>(map));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    elements.put((long) i, list.get(i));
                }
            }
            case Long count -> {
                for (long i = 0; i < count; i++) {
                    elements.put(i, i);
                }
            }
            case null -> {
                // nothing to go through
            }
            case GoText.Nil nil -> {
                // the same
            }
            case Object other -> throw failed(pipe.at(), pipe.text(), "range can't iterate over " + GoText.of(other));
        }
        if (elements.isEmpty()) {
            return writeInside(out, range.otherwise(), scope, scope.dot());
        }
        for (Map.Entry<Object, @Nullable Object> element : elements.entrySet()) {
            Scope inner = scope.at(element.getValue());
            List<String> names = pipe.variables();
            if (!names.isEmpty()) {
                inner.variables().put(names.getLast(), element.getValue());
            }
            if (names.size() > 1) {
                inner.variables().put(names.getFirst(), element.getKey());
            }
            Flow flow = write(out, range.body(), inner);
            scope.variables()
                    .replaceAll((name, value) ->
                            names.contains(name) ? value : inner.variables().get(name));
            if (flow == Flow.BREAK) {
                break;
            }
        }
        return Flow.ON;
    }

    private @Nullable Object evaluate(Pipe pipe, Scope scope) {
        @Nullable Object piped = null;
        boolean first = true;
        for (Command command : pipe.commands()) {
            piped = call(command, scope, !first, piped);
            first = false;
        }
        for (String variable : pipe.variables()) {
            scope.variables().put(variable, piped);
        }
        return piped;
    }

    private @Nullable Object call(Command command, Scope scope, boolean hasPiped, @Nullable Object piped) {
        Operand first = command.words().getFirst();
        List<Operand> rest = command.words().subList(1, command.words().size());
        if (first instanceof Operand.Function function) {
            return callFunction(function, command, rest, scope, hasPiped, piped);
        }
        Object value = value(first, scope);
        if (rest.isEmpty() && !hasPiped) {
            return value instanceof Method method ? method.call(List.of()) : value;
        }
        if (scope.heading() && value instanceof String) {
            // a heading for a method: the last word of what it is asked for
            String asked = GoText.of(rest.isEmpty() ? piped : value(rest.getLast(), scope));
            return asked.substring(asked.lastIndexOf('.') + 1);
        }
        if (!(value instanceof Method method)) {
            throw failed(first.at(), first.text(), first.text() + " is not a method but has arguments");
        }
        List<@Nullable Object> arguments = new ArrayList<>();
        rest.forEach(word -> arguments.add(value(word, scope)));
        if (hasPiped) {
            arguments.add(piped);
        }
        return method.call(arguments);
    }

    private @Nullable Object callFunction(
            Operand.Function function,
            Command command,
            List<Operand> rest,
            Scope scope,
            boolean hasPiped,
            @Nullable Object piped) {
        String name = function.name();
        boolean and = name.equals("and");
        List<@Nullable Object> arguments = new ArrayList<>();
        for (Operand word : rest) {
            Object argument = value(word, scope);
            arguments.add(argument);
            // what is decided is not asked further: {{if and .A .A.B}}
            if ((and || name.equals("or")) && GoText.truth(argument) != and) {
                return argument;
            }
        }
        if (hasPiped) {
            arguments.add(piped);
        }
        if (style == Style.ROWS
                && name.equals("json")
                && arguments.size() == 1
                && arguments.getFirst() instanceof Map<?, ?> row
                && row.equals(scope.dot())) {
            return Listing.json(scope.dot()); // a row is written as "--format json" does
        }
        try {
            return scope.heading() && !TemplateFunctions.isGos(name)
                    ? arguments.stream()
                            .filter(String.class::isInstance)
                            .findFirst()
                            .orElse("")
                    : TemplateFunctions.call(name, arguments);
        } catch (TemplateFunctions.WrongCountException e) {
            throw failed(function.at(), name, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw failed(command.at(), command.text(), "error calling " + name + ": " + e.getMessage());
        }
    }

    private @Nullable Object value(Operand operand, Scope scope) {
        return switch (operand) {
            case Operand.Constant constant -> constant.value();
            case Operand.Field field -> member(scope.dot(), field.names(), field, scope);
            case Operand.Variable variable ->
                member(scope.variables().get(variable.name()), variable.names(), variable, scope);
            case Operand.Inner inner -> member(evaluate(inner.pipe(), scope), inner.names(), inner, scope);
            case Operand.Function function ->
                call(new Command(List.of(function), function.at(), function.text()), scope, false, null);
        };
    }

    private @Nullable Object member(@Nullable Object start, List<String> names, Operand operand, Scope scope) {
        @Nullable Object current = start;
        String owner = "";
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (current instanceof Map<?, ?> map && map.containsKey(name)) {
                current = map.get(name);
            } else if (current instanceof Map<?, ?> && FREE.contains(owner)) {
                current = null;
            } else if (current instanceof Map<?, ?> && scope.heading()) {
                current = name;
            } else {
                // of nothing, the member that is nothing is the one that is missing
                int culprit = current instanceof GoText.Nil && i > 0 ? i - 1 : i;
                int at = operand.at();
                for (int before = 0; before < culprit; before++) {
                    at += names.get(before).length() + 1;
                }
                throw failed(at, operand.text(), missing(current, names.get(culprit)));
            }
            owner = name;
        }
        return current;
    }

    private String missing(@Nullable Object value, String name) {
        if (style != Style.ONE && value instanceof Map<?, ?>) {
            return "can't evaluate field " + name + " in type " + (style == Style.ROWS ? "row" : "object");
        }
        return switch (value) {
            case Map<?, ?> map -> "map has no entry for key \"" + name + "\"";
            case null -> "nil data; no entry for key \"" + name + "\"";
            case GoText.Nil nil -> "map has no entry for key \"" + name + "\"";
            default -> "can't evaluate field " + name + " in type interface {}";
        };
    }

    private CliException failed(int at, String text, String why) {
        int line = TemplateReader.line(source, at);
        int column = at - (source.lastIndexOf('\n', at - 1) + 1);
        return new CliException(style.executing + "template: " + style.name + ":" + line + ":" + column
                + ": executing \"" + style.name + "\" at <" + text + ">: " + why);
    }
}
