package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.check.Finding;
import dev.berth.cli.check.Finding.Verdict;
import dev.berth.cli.check.HostCheck;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Template;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code berth system check}: needs no daemon. */
final class CheckCommand {
    private CheckCommand() {}

    static Command command() {
        return Command.of(
                "check [OPTIONS]",
                "Say what this host can and cannot do, and how to mend it",
                0,
                0,
                List.of(
                        Flag.text("data-root", "", "Where the engine's state is to live (default \"/var/lib/berth\")"),
                        Flag.format("f")),
                CheckCommand::run);
    }

    private static int run(Context context, Flags flags) {
        String root = flags.text("data-root", "/var/lib/berth");
        if (root.indexOf('\0') >= 0) {
            throw new CliException("invalid argument for \"--data-root\" flag: a path is expected");
        }
        List<Finding> findings = HostCheck.run(Path.of(root).toAbsolutePath().normalize());
        long missing = findings.stream()
                .filter(finding -> finding.verdict() == Verdict.MISSING)
                .count();
        String format = flags.text("format", "");
        if (format.isEmpty()) {
            findings.forEach(finding -> print(context, finding));
            context.out()
                    .println(
                            missing == 0
                                    ? "\nThis host can run containers."
                                    : "\nThis host cannot run containers: what is marked \"missing\" is needed.");
        } else {
            Map<String, @Nullable Object> tree = tree(findings, missing == 0);
            context.out().println(format.equals("json") ? Json.text(tree) : new Template(format).apply(new Tree(tree)));
        }
        return missing == 0 ? 0 : 1;
    }

    private static void print(Context context, Finding finding) {
        context.out().printf("%-8s %-22s %s%n", finding.verdict().word(), finding.name(), finding.found());
        if (!finding.mend().isEmpty()) {
            context.out().printf("%-8s %-22s %s%n", "", "", "-> " + finding.mend());
        }
    }

    private static Map<String, @Nullable Object> tree(List<Finding> findings, boolean able) {
        List<@Nullable Object> checks = new ArrayList<>();
        for (Finding finding : findings) {
            checks.add(Json.of(
                    "Name", finding.name(),
                    "Verdict", finding.verdict().word(),
                    "Found", finding.found(),
                    "Mend", finding.mend()));
        }
        return Json.of("CanRunContainers", able, "Checks", checks);
    }
}
