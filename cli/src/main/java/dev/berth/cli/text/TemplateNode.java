package dev.berth.cli.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template, as it was read. */
sealed interface TemplateNode {
    /** Text that is written as it is. */
    record Text(String text) implements TemplateNode {}

    /** A value that is written, unless it goes into a variable. */
    record Action(Pipe pipe) implements TemplateNode {}

    record If(Pipe condition, List<TemplateNode> body, List<TemplateNode> otherwise) implements TemplateNode {}

    record With(Pipe value, List<TemplateNode> body, List<TemplateNode> otherwise) implements TemplateNode {}

    record Range(Pipe value, List<TemplateNode> body, List<TemplateNode> otherwise) implements TemplateNode {}

    record Break() implements TemplateNode {}

    record Continue() implements TemplateNode {}

    /**
     * Commands of which each has the result of the one before as its last argument.
     *
     * @param variables that take the result; for {@code range} up to two
     */
    record Pipe(List<String> variables, List<Command> commands, int at, String text) {}

    /** A value, or a function or method with its arguments. */
    record Command(List<Operand> words, int at, String text) {}

    /** What a word stands for. */
    sealed interface Operand {
        int at();

        String text();

        /** A constant: a text, a number, a truth, or nothing. */
        record Constant(@Nullable Object value, int at, String text) implements Operand {}

        /** The dot, and fields of it. */
        record Field(List<String> names, int at, String text) implements Operand {}

        /** A variable, and fields of it; {@code $} is what the template was given. */
        record Variable(String name, List<String> names, int at, String text) implements Operand {}

        /** A pipe in brackets, and fields of its result. */
        record Inner(Pipe pipe, List<String> names, int at, String text) implements Operand {}

        record Function(String name, int at, String text) implements Operand {}
    }
}
