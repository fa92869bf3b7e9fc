package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Template;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code berth version}. */
final class VersionCommand {
    private VersionCommand() {}

    static Command command() {
        return Command.of(
                "version [OPTIONS]",
                "Show the Berth version information",
                0,
                0,
                List.of(Flag.format("f")),
                VersionCommand::run);
    }

    private static int run(Context context, Flags flags) {
        Optional<Template> template = flags.text("format")
                .filter(format -> !format.isEmpty() && !format.equals("json"))
                .map(format -> new Template(format, Template.Style.VERSION));
        Optional<Tree> server = Optional.empty();
        Optional<String> failure = Optional.empty();
        try {
            server = Optional.of(context.client().get("/version"));
        } catch (ApiException e) {
            failure = Optional.of(e.sentence());
        } catch (CliException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
        Map<String, @Nullable Object> client = client(context, server);
        Map<String, @Nullable Object> both =
                Json.of("Client", client, "Server", server.map(Tree::value).orElse(null));
        if (template.isPresent()) {
            context.out().println(InspectCommand.apply(context, template.get(), both));
        } else if (flags.isSet("format")) {
            context.out().println(Json.text(both));
        } else {
            printClient(context, new Tree(client));
            server.ifPresent(tree -> printServer(context, tree));
        }
        context.out().flush();
        failure.ifPresent(context.err()::println);
        return failure.isPresent() ? 1 : 0;
    }

    /** What this command line is. */
    static Map<String, @Nullable Object> client(Context context, Optional<Tree> server) {
        return Json.of(
                "Version",
                Commands.VERSION,
                "ApiVersion",
                server.map(tree -> tree.text("ApiVersion")).orElse(Commands.API_VERSION),
                "DefaultAPIVersion",
                Commands.API_VERSION,
                "GitCommit",
                "",
                "GoVersion",
                "",
                "JavaVersion",
                System.getProperty("java.version"),
                "Os",
                "linux",
                "Arch",
                arch(),
                "BuildTime",
                "",
                "Context",
                context.options().context());
    }

    private static String arch() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : System.getProperty("os.arch");
    }

    private static void printClient(Context context, Tree client) {
        context.out()
                .print("Client:\n"
                        + line(" ", "Version", client.text("Version"))
                        + line(" ", "API version", client.text("ApiVersion"))
                        + line(" ", "Java version", client.text("JavaVersion"))
                        + line(" ", "OS/Arch", client.text("Os") + "/" + client.text("Arch"))
                        + line(" ", "Context", client.text("Context")));
    }

    private static void printServer(Context context, Tree server) {
        String platform = server.text("Platform", "Name");
        context.out().print("\nServer:" + (platform.isEmpty() ? "" : " " + platform) + "\n");
        for (Tree component : server.list("Components")) {
            context.out().print(" " + component.text("Name") + ":\n");
            context.out().print(line("  ", "Version", component.text("Version")));
            Map<String, Tree> details = new TreeMap<>(component.map("Details"));
            if (!component.text("Name").equals("Engine")) {
                details.forEach((name, value) -> context.out().print(line("  ", name, value.text())));
                continue;
            }
            context.out()
                    .print(line(
                            "  ",
                            "API version",
                            text(details, "ApiVersion") + " (minimum version " + text(details, "MinAPIVersion") + ")"));
            for (String[] each : new String[][] {
                {"GoVersion", "Go version"},
                {"JavaVersion", "Java version"},
                {"GitCommit", "Git commit"},
                {"BuildTime", "Built"}
            }) {
                if (!text(details, each[0]).isEmpty()) {
                    context.out().print(line("  ", each[1], text(details, each[0])));
                }
            }
            context.out().print(line("  ", "OS/Arch", text(details, "Os") + "/" + text(details, "Arch")));
            context.out().print(line("  ", "Experimental", text(details, "Experimental")));
        }
    }

    private static String text(Map<String, Tree> details, String name) {
        Tree value = details.get(name);
        return value == null ? "" : value.text();
    }

    private static String line(String margin, String name, String value) {
        return margin + name + ":" + " ".repeat(Math.max(1, 18 - name.length())) + value + "\n";
    }
}
