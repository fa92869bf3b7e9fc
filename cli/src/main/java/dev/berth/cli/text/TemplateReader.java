package dev.berth.cli.text;

import dev.berth.cli.text.TemplateNode.Command;
import dev.berth.cli.text.TemplateNode.Operand;
import dev.berth.cli.text.TemplateNode.Pipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the source of a template. What is wrong is an {@link IllegalArgumentException} in Go's words. */
final class TemplateReader {
    private final String source;
    private final Set<String> variables = new HashSet<>(Set.of("$"));
    private int at;
    private int ranges;
    private boolean trimNext;

    TemplateReader(String source) {
        this.source = source;
    }

    List<TemplateNode> read() {
        List<TemplateNode> nodes = new ArrayList<>();
        String end = body(nodes);
        if (!end.isEmpty()) {
            throw wrong("unexpected {{" + end + "}}");
        }
        return nodes;
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException(TemplateReader.line(source, Math.min(at, source.length())) + ": " + why);
    }

    /** The number of the line of a place, from 1. */
    static int line(String source, int at) {
        return 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    /** Reads until the end, {@code end} or {@code else}; gives which, with what stands behind it left to be read. */
    private String body(List<TemplateNode> nodes) {
        while (true) {
            int open = source.indexOf("{{", at);
            boolean last = open < 0;
            String text = source.substring(at, last ? source.length() : open);
            at = last ? source.length() : open + 2;
            boolean trimBefore = !last && source.startsWith("-", at) && at + 1 < source.length() && isBlank(at + 1);
            if (trimNext) {
                text = text.stripLeading();
            }
            if (trimBefore) {
                text = text.stripTrailing();
                at += 2;
            }
            trimNext = false;
            if (!text.isEmpty()) {
                nodes.add(new TemplateNode.Text(text));
            }
            if (last) {
                return "";
            }
            String end = action(nodes);
            if (!end.isEmpty()) {
                return end;
            }
        }
    }

    private boolean isBlank(int index) {
        return index < source.length() && Character.isWhitespace(source.charAt(index));
    }

    private void skipBlanks() {
        while (isBlank(at)) {
            at++;
        }
    }

    /** One action up to its braces; gives {@code end} or {@code else} where it is one of those. */
    private String action(List<TemplateNode> nodes) {
        skipBlanks();
        if (source.startsWith("/*", at)) {
            int close = source.indexOf("*/", at);
            if (close < 0) {
                throw wrong("unclosed comment");
            }
            at = close + 2;
            close();
            return "";
        }
        String keyword = keyword();
        switch (keyword) {
            case "end" -> close();
            case "else" -> {
                // an "if" or "with" behind it is read by the block
            }
            case "if", "with", "range" -> nodes.add(block(keyword));
            case "break", "continue" -> {
                if (ranges == 0) {
                    throw wrong("{{" + keyword + "}} outside {{range}}");
                }
                close();
                nodes.add(keyword.equals("break") ? new TemplateNode.Break() : new TemplateNode.Continue());
            }
            case "define", "template", "block" ->
                throw wrong("{{" + keyword + "}} is not supported: a format is one template");
            default -> {
                nodes.add(new TemplateNode.Action(pipe()));
                close();
            }
        }
        return keyword.equals("end") || keyword.equals("else") ? keyword : "";
    }

    private String keyword() {
        for (String word :
                new String[] {"end", "else", "if", "with", "range", "break", "continue", "define", "template", "block"
                }) {
            int end = at + word.length();
            if (source.startsWith(word, at) && (end >= source.length() || !isWord(source.charAt(end)))) {
                at = end;
                return word;
            }
        }
        return "";
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private void close() {
        skipBlanks();
        if (source.startsWith("-}}", at) && at > 0 && Character.isWhitespace(source.charAt(at - 1))) {
            at += 1;
            trimNext = true;
        }
        if (!source.startsWith("}}", at)) {
            throw at >= source.length()
                    ? wrong("unclosed action")
                    : wrong("unexpected " + quoted(source.charAt(at)) + " in command");
        }
        at += 2;
    }

    private TemplateNode block(String keyword) {
        Set<String> outside = Set.copyOf(variables);
        skipBlanks();
        if (source.startsWith("}}", at)) {
            throw wrong("missing value for " + keyword);
        }
        Pipe pipe = pipe();
        close();
        ranges += keyword.equals("range") ? 1 : 0;
        List<TemplateNode> body = new ArrayList<>();
        String end = body(body);
        ranges -= keyword.equals("range") ? 1 : 0;
        variables.retainAll(outside);
        List<TemplateNode> otherwise = new ArrayList<>();
        if (end.equals("else")) {
            skipBlanks();
            String chained = keyword.equals("range") ? "" : keyword();
            if (chained.equals(keyword)) {
                otherwise.add(block(chained));
                end = "end";
            } else if (!chained.isEmpty()) {
                throw wrong("unexpected {{else " + chained + "}}");
            } else {
                close();
                end = body(otherwise);
            }
        }
        if (!end.equals("end")) {
            throw wrong(end.isEmpty() ? "unexpected EOF" : "unexpected {{" + end + "}}");
        }
        return switch (keyword) {
            case "if" -> new TemplateNode.If(pipe, body, otherwise);
            case "with" -> new TemplateNode.With(pipe, body, otherwise);
            default -> new TemplateNode.Range(pipe, body, otherwise);
        };
    }

    private Pipe pipe() {
        skipBlanks();
        int start = at;
        List<String> names = new ArrayList<>();
        boolean declares = false;
        int assigned = assignment();
        if (assigned > 0) {
            String head = source.substring(at, assigned);
            declares = head.endsWith(":=");
            for (String name :
                    head.substring(0, head.length() - (declares ? 2 : 1)).split(",", -1)) {
                names.add(name.strip());
                if (!declares && !variables.contains(name.strip())) {
                    throw wrong("undefined variable \"" + name.strip() + "\"");
                }
            }
            at = assigned;
        }
        List<Command> commands = new ArrayList<>();
        do {
            skipBlanks();
            commands.add(command());
            skipBlanks();
        } while (source.startsWith("|", at) && ++at > 0);
        if (declares) {
            variables.addAll(names);
        }
        return new Pipe(names, commands, start, source.substring(start, at).strip());
    }

    /** Where a pipe begins behind {@code $a, $b :=}; 0 without that. */
    private int assignment() {
        int end = at;
        while (end < source.length() && (isWord(source.charAt(end)) || "$, \t".indexOf(source.charAt(end)) >= 0)) {
            end++;
        }
        if (!source.startsWith("$", at)) {
            return 0;
        }
        if (source.startsWith(":=", end)) {
            return end + 2;
        }
        return source.startsWith("=", end) ? end + 1 : 0;
    }

    private Command command() {
        int start = at;
        List<Operand> words = new ArrayList<>();
        skipBlanks();
        while (at < source.length() && !endsCommand()) {
            words.add(operand());
            skipBlanks();
        }
        if (at >= source.length()) {
            throw wrong("unclosed action");
        }
        if (words.isEmpty()) {
            throw wrong("missing value for command");
        }
        return new Command(words, start, source.substring(start, at).strip());
    }

    private boolean endsCommand() {
        char c = source.charAt(at);
        boolean trims = source.startsWith("-}}", at) && Character.isWhitespace(source.charAt(at - 1));
        return c == '|' || c == ')' || trims || source.startsWith("}}", at);
    }

    private Operand operand() {
        int start = at;
        char c = source.charAt(at);
        if (c == '"' || c == '`' || c == '\'') {
            return new Operand.Constant(text(c), start, source.substring(start, at));
        }
        if (c == '(') {
            at++;
            Pipe inner = pipe();
            skipBlanks();
            if (!source.startsWith(")", at)) {
                throw wrong("unclosed left paren");
            }
            at++;
            List<String> names = fields();
            return new Operand.Inner(inner, names, start, source.substring(start, at));
        }
        if (c == '.' && !(at + 1 < source.length() && Character.isDigit(source.charAt(at + 1)))) {
            List<String> names = fields();
            if (names.isEmpty()) {
                at++;
            }
            return new Operand.Field(names, start, source.substring(start, at));
        }
        if (c == '$') {
            at++;
            String name = "$" + word();
            List<String> names = fields();
            if (!variables.contains(name)) {
                throw wrong("undefined variable \"" + name + "\"");
            }
            return new Operand.Variable(name, names, start, source.substring(start, at));
        }
        if (Character.isDigit(c) || c == '-' || c == '+' || c == '.') {
            return number();
        }
        if (!isWord(c)) {
            throw wrong(c == '}' ? "bad character U+007D '}'" : "unexpected " + quoted(c) + " in command");
        }
        return name(word(), start);
    }

    private static String quoted(char c) {
        return "\"" + c + "\"";
    }

    private Operand name(String word, int start) {
        return switch (word) {
            case "true", "false" -> new Operand.Constant(word.equals("true"), start, word);
            case "nil" -> new Operand.Constant(null, start, word);
            default -> {
                if (!TemplateFunctions.isKnown(word)) {
                    throw wrong("function \"" + word + "\" not defined");
                }
                yield new Operand.Function(word, start, word);
            }
        };
    }

    private String word() {
        int start = at;
        while (at < source.length() && isWord(source.charAt(at))) {
            at++;
        }
        return source.substring(start, at);
    }

    /** {@code .A.B}, as far as it goes. */
    private List<String> fields() {
        List<String> names = new ArrayList<>();
        while (at + 1 < source.length() && source.charAt(at) == '.' && isWord(source.charAt(at + 1))) {
            at++;
            names.add(word());
        }
        return names;
    }

    private Operand number() {
        int start = at;
        at++;
        while (at < source.length() && (isWord(source.charAt(at)) || source.charAt(at) == '.')) {
            at++;
        }
        String text = source.substring(start, at);
        try {
            Object value = text.matches("[-+]?0[xX][0-9a-fA-F_]+")
                    ? (Object) Long.decode(text.replace("_", ""))
                    : text.matches("[-+]?[0-9_]+")
                            ? (Object) Long.parseLong(text.replace("_", ""))
                            : (Object) new java.math.BigDecimal(text);
            return new Operand.Constant(value, start, text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(line(source, start) + ": bad number syntax: \"" + text + "\"", e);
        }
    }

    /** A text in quotes, or the number of a character in single ones. */
    private Object text(char quote) {
        StringBuilder text = new StringBuilder();
        for (at++; at < source.length() && source.charAt(at) != quote; at++) {
            char c = source.charAt(at);
            if (c == '\n' && quote != '`') {
                break;
            }
            if (c == '\\' && quote != '`' && at + 1 < source.length()) {
                at++;
                text.append(unescaped(source.charAt(at)));
            } else {
                text.append(c);
            }
        }
        if (at >= source.length() || source.charAt(at) != quote) {
            throw wrong(quote == '`' ? "unterminated raw quoted string" : "unterminated quoted string");
        }
        at++;
        if (quote != '\'') {
            return text.toString();
        }
        if (text.codePointCount(0, text.length()) != 1) {
            throw wrong("malformed character constant");
        }
        return (long) text.codePointAt(0);
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            default -> c;
        };
    }
}
