package dev.berth.cli.flag;

/**
 * A flag that a command knows.
 *
 * @param shorthand one letter; empty for none
 * @param argument what help calls its value; empty for its kind's own word
 */
public record Flag(String name, String shorthand, Kind kind, String argument, String help) {
    /** What a flag takes. */
    public enum Kind {
        /** Nothing, or {@code =true} and {@code =false}. */
        SWITCH(""),
        TEXT("string"),
        NUMBER("int"),
        /** A value each time it is given. */
        LIST("list"),
        /** {@code name=value} each time it is given. */
        FILTER("filter");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    public static Flag flag(String name, String shorthand, String help) {
        return new Flag(name, shorthand, Kind.SWITCH, "", help);
    }

    public static Flag text(String name, String shorthand, String help) {
        return new Flag(name, shorthand, Kind.TEXT, "", help);
    }

    public static Flag number(String name, String shorthand, String help) {
        return new Flag(name, shorthand, Kind.NUMBER, "", help);
    }

    public static Flag list(String name, String shorthand, String help) {
        return new Flag(name, shorthand, Kind.LIST, "", help);
    }

    /** {@code --filter}: conditions as {@code name=value}. */
    public static Flag filter(String shorthand, String help) {
        return new Flag("filter", shorthand, Kind.FILTER, "", help);
    }

    /** {@code --format} of a command that prints rows. */
    public static Flag rowFormat() {
        return new Flag("format", "", Kind.TEXT, "", """
                Format output using a custom template:
                'table':            Print output in table format with column headers (default)
                'table TEMPLATE':   Print output in table format using the given Go template
                'json':             Print in JSON format
                'TEMPLATE':         Print output using the given Go template.
                Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with \
                templates""");
    }

    /** {@code --format} of a command that prints one thing. */
    public static Flag format(String shorthand) {
        return new Flag("format", shorthand, Kind.TEXT, "", """
                Format output using a custom template:
                'json':             Print in JSON format
                'TEMPLATE':         Print output using the given Go template.
                Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with \
                templates""");
    }

    String word() {
        return argument.isEmpty() ? kind.word : argument;
    }
}
