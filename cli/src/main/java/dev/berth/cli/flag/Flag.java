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
        LIST("list");

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

    String word() {
        return argument.isEmpty() ? kind.word : argument;
    }
}
