package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.FlagHelp;
import dev.berth.linux.terminal.Terminal;
import java.util.List;
import java.util.Optional;

/** The words of {@code --help}, laid out as Docker does. */
public final class Help {
    private static final int USUAL_WIDTH = 80;

    private Help() {}

    /** Of a verb, as it was called: {@code container ls}. */
    public static String of(String name, String key, Command command) {
        StringBuilder text = new StringBuilder("Usage:  berth " + usage(name, command) + "\n\n");
        text.append(command.help()).append('\n');
        List<String> names = Groups.names(key);
        if (names.size() > 1) {
            text.append("\nAliases:\n  berth ")
                    .append(String.join(", berth ", names))
                    .append('\n');
        }
        if (!command.flags().isEmpty()) {
            text.append("\nOptions:\n").append(FlagHelp.of(command.flags(), width() - 1));
        }
        return text.toString();
    }

    /** How a verb is called, in a line. */
    public static String usage(String name, Command command) {
        int blank = command.usage().indexOf(' ');
        return name + (blank < 0 ? "" : command.usage().substring(blank));
    }

    /** Of a group: its verbs. */
    public static String ofGroup(String group) {
        StringBuilder text = new StringBuilder(
                "Usage:  berth " + group + " COMMAND\n\n" + Groups.all().get(group) + "\n\nCommands:\n");
        List<Groups.Entry> entries = Groups.entries(group);
        int width =
                entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
        for (Groups.Entry entry : entries) {
            text.append("  ")
                    .append(entry.name())
                    .append(" "
                            .repeat(Math.max(
                                    0, Math.max(width, 11) + 1 - entry.name().length())))
                    .append(sentence(entry.key()))
                    .append('\n');
        }
        return text + "\nRun 'berth " + group + " COMMAND --help' for more information on a command.\n";
    }

    /** What a verb is for. */
    static String sentence(String key) {
        Optional<Command> command = Commands.find(key);
        return command.map(found -> found.help().split("\n", 2)[0]).orElse("");
    }

    private static int width() {
        if (!Context.isTerminal(0)) {
            return USUAL_WIDTH;
        }
        return Terminal.ofStandardInput()
                .flatMap(Terminal::size)
                .map(Terminal.Size::columns)
                .filter(columns -> columns > 0)
                .orElse(USUAL_WIDTH);
    }
}
