package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.forEach;
import static dev.berth.cli.command.Identifiers.path;
import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.util.List;
import java.util.Scanner;

/** Verbs that change the state of containers. */
final class LifeCommands {
    private static final List<Flag> STOPPING = List.of(
            Flag.text("signal", "s", "Signal to send to the container"),
            Flag.number("timeout", "t", "Seconds to wait before killing the container"),
            Flag.number("time", "", "Seconds to wait before killing the container"));

    private LifeCommands() {}

    static Command stop() {
        return Command.of(
                "stop [OPTIONS] CONTAINER [CONTAINER...]",
                "Stop one or more running containers",
                1,
                -1,
                STOPPING,
                (c, f) -> stopping(c, f, "/stop"));
    }

    static Command restart() {
        return Command.of(
                "restart [OPTIONS] CONTAINER [CONTAINER...]",
                "Restart one or more containers",
                1,
                -1,
                STOPPING,
                (c, f) -> stopping(c, f, "/restart"));
    }

    private static int stopping(Context context, Flags flags, String what) throws IOException {
        String timeout = flags.text("timeout").or(() -> flags.text("time")).orElse("");
        String query = query("signal", flags.text("signal", ""), "t", timeout);
        return forEach(context, flags.arguments(), id -> context.client().post(path(id) + what + query, null));
    }

    static Command kill() {
        return Command.of(
                "kill [OPTIONS] CONTAINER [CONTAINER...]",
                "Kill one or more running containers",
                1,
                -1,
                List.of(Flag.text("signal", "s", "Signal to send to the container")),
                (context, flags) -> forEach(
                        context,
                        flags.arguments(),
                        id -> context.client()
                                .post(path(id) + "/kill" + query("signal", flags.text("signal", "")), null)));
    }

    static Command pause() {
        return simple("pause", "Pause all processes within one or more containers");
    }

    static Command unpause() {
        return simple("unpause", "Unpause all processes within one or more containers");
    }

    private static Command simple(String verb, String help) {
        return Command.of(
                verb + " CONTAINER [CONTAINER...]",
                help,
                1,
                -1,
                List.of(),
                (context, flags) -> forEach(
                        context, flags.arguments(), id -> context.client().post(path(id) + "/" + verb, null)));
    }

    static Command rm() {
        return Command.of(
                "rm [OPTIONS] CONTAINER [CONTAINER...]",
                "Remove one or more containers",
                1,
                -1,
                List.of(
                        Flag.flag("force", "f", "Force the removal of a running container (uses SIGKILL)"),
                        Flag.flag("link", "l", "Remove the specified link"),
                        Flag.flag("volumes", "v", "Remove anonymous volumes associated with the container")),
                (context, flags) -> {
                    String query = query(
                            "force",
                            flags.has("force") ? "1" : "",
                            "link",
                            flags.has("link") ? "1" : "",
                            "v",
                            flags.has("volumes") ? "1" : "");
                    int code = 0;
                    for (String id : flags.arguments()) {
                        try {
                            context.client().delete(path(id) + query);
                            context.out().println(id);
                        } catch (ApiException e) {
                            context.out().flush();
                            context.err().println(e.sentence());
                            code = e.status() == 404 && flags.has("force") ? code : 1;
                        }
                    }
                    return code;
                });
    }

    static Command await() {
        return Command.of(
                "wait CONTAINER [CONTAINER...]",
                "Block until one or more containers stop, then print their exit codes",
                1,
                -1,
                List.of(),
                (context, flags) -> {
                    int code = 0;
                    for (String id : flags.arguments()) {
                        try {
                            Tree result = context.client().post(path(id) + "/wait", null);
                            context.out().println(result.number("StatusCode"));
                        } catch (ApiException e) {
                            context.out().flush();
                            context.err().println(e.sentence());
                            code = 1;
                        }
                    }
                    return code;
                });
    }

    static Command rename() {
        return Command.of("rename CONTAINER NEW_NAME", "Rename a container", 2, 2, List.of(), (context, flags) -> {
            String name = flags.arguments().get(1);
            String old = flags.arguments().getFirst();
            try {
                context.client().post(path(old) + "/rename" + query("name", name), null);
            } catch (ApiException e) {
                throw new CliException(e.sentence() + "\nError: failed to rename container named " + old);
            }
            return 0;
        });
    }

    static Command prune() {
        return Command.of(
                "prune [OPTIONS]",
                "Remove all stopped containers",
                0,
                0,
                List.of(
                        Flag.filter("", "Provide filter values (e.g. \"until=<timestamp>\")"),
                        Flag.flag("force", "f", "Do not prompt for confirmation")),
                (context, flags) -> new Pruning(context, flags)
                        .ask("This will remove all stopped containers.")
                        .containers());
    }

    /** Whether the user says yes. */
    static boolean agreed(Context context, String warning) {
        context.out().print("WARNING! " + warning + "\nAre you sure you want to continue? [y/N] ");
        context.out().flush();
        Scanner scanner = new Scanner(context.in(), java.nio.charset.StandardCharsets.UTF_8);
        return scanner.hasNextLine() && scanner.nextLine().strip().equalsIgnoreCase("y");
    }
}
