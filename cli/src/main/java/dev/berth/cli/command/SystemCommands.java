package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Table;
import java.util.List;
import java.util.Map;

/** Verbs about the engine, and what is asked of a container but not changed. */
final class SystemCommands {
    /** Columns of processes are wider than those of other tables, as Docker has them. */
    private static final int PROCESS_WIDTH = 20;

    private SystemCommands() {}

    static Command prune() {
        return Command.of(
                "prune [OPTIONS]",
                "Remove unused data",
                0,
                0,
                List.of(
                        Flag.flag("all", "a", "Remove all unused images not just dangling ones"),
                        Flag.filter("", "Provide filter values (e.g. \"label=<key>=<value>\")"),
                        Flag.flag("force", "f", "Do not prompt for confirmation"),
                        Flag.flag("volumes", "", "Prune anonymous volumes")),
                (context, flags) -> new Pruning(context, flags).everything());
    }

    static Command top() {
        return new Command(
                "top CONTAINER [ps OPTIONS]",
                "Display the running processes of a container",
                1,
                -1,
                false,
                List.of(),
                (context, flags) -> {
                    List<String> words = flags.arguments();
                    String arguments = String.join(" ", words.subList(1, words.size()));
                    Tree top = context.client()
                            .get(Identifiers.path(words.getFirst()) + "/top" + query("ps_args", arguments));
                    Table table = new Table(PROCESS_WIDTH);
                    table.row(top.texts("Titles"));
                    top.list("Processes").forEach(process -> table.row(process.texts()));
                    context.out().print(table);
                    return 0;
                });
    }

    static Command port() {
        return Command.of(
                "port CONTAINER [PRIVATE_PORT[/PROTO]]",
                "List port mappings or a specific mapping for the container",
                1,
                2,
                List.of(),
                (context, flags) -> {
                    Tree container = context.client()
                            .get(Identifiers.path(flags.arguments().getFirst()) + "/json");
                    Map<String, Tree> ports = container.map("NetworkSettings", "Ports");
                    if (flags.arguments().size() == 2) {
                        String wanted = flags.arguments().get(1);
                        Tree bindings = ports.get(wanted.indexOf('/') < 0 ? wanted + "/tcp" : wanted);
                        if (bindings == null || bindings.list().isEmpty()) {
                            throw new CliException("Error: No public port '" + wanted + "' published for "
                                    + flags.arguments().getFirst());
                        }
                        bindings.list()
                                .forEach(binding ->
                                        context.out().println(binding.text("HostIp") + ":" + binding.text("HostPort")));
                        return 0;
                    }
                    ports.forEach((port, bindings) -> bindings.list()
                            .forEach(binding -> context.out()
                                    .println(port + " -> " + binding.text("HostIp") + ":" + binding.text("HostPort"))));
                    return 0;
                });
    }
}
