package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** {@code system fsck}: has the daemon verify what it keeps. Ends with 0 where nothing was found, else with 1. */
final class FsckCommand {
    private FsckCommand() {}

    static Command command() {
        return Command.of(
                "fsck [OPTIONS]",
                "Verify images and containers on the disk (without a daemon: berth daemon --check)",
                0,
                0,
                List.of(Flag.flag("repair", "", "Repair what can be repaired")),
                FsckCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        String repair = query("repair", flags.has("repair") ? "1" : "");
        try (Answer answer = context.client().send("POST", "/berth/system/fsck" + repair, null, Map.of())) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Tree tree = Json.parse(line);
                if (!tree.text("error").isEmpty()) {
                    throw new CliException("the check failed: " + tree.text("error"));
                }
                if (tree.text("Subject").isEmpty()) {
                    return summary(context, tree);
                }
                context.out()
                        .println(tree.text("Weight") + ": " + tree.text("Subject") + ": " + tree.text("Problem") + "; "
                                + tree.text("Action"));
                context.out().flush();
            }
        }
        throw new CliException("the daemon ended before the check did");
    }

    private static int summary(Context context, Tree tree) {
        long found = tree.number("Findings");
        long left = tree.number("Left");
        context.out()
                .println(
                        found == 0
                                ? "nothing found"
                                : found + " found, " + (found - left) + " repaired, " + left + " left");
        return found == 0 ? 0 : 1;
    }
}
