package dev.berth.cli.command;

import static dev.berth.cli.command.Identifiers.query;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Table;
import dev.berth.cli.text.Template;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Verbs about the engine, and what is asked of a container but not changed. */
final class SystemCommands {
    private static final long NANOS = 1_000_000_000;
    private static final List<Flag> FORMAT = List.of(Flag.text("format", "f", "Format output using a custom template"));

    private SystemCommands() {}

    static Command version() {
        return Command.of("version [OPTIONS]", "Show the Berth version information", 0, 0, FORMAT, (context, flags) -> {
            Map<String, Object> ours = Json.of(
                    "Version",
                    "0.1.0",
                    "JavaVersion",
                    System.getProperty("java.version"),
                    "Os",
                    "linux",
                    "Arch",
                    arch());
            Optional<Tree> server = Optional.empty();
            Optional<String> failure = Optional.empty();
            try {
                server = Optional.of(context.client().get("/version"));
            } catch (ApiException e) {
                failure = Optional.of(e.sentence());
            } catch (dev.berth.cli.CliException e) {
                failure = Optional.of(String.valueOf(e.getMessage()));
            }
            Tree both = new Tree(
                    Json.of("Client", ours, "Server", server.map(Tree::value).orElse(null)));
            Optional<String> format = flags.text("format");
            if (format.isPresent()) {
                context.out()
                        .println(
                                format.get().equals("json") ? Json.text(both) : new Template(format.get()).apply(both));
            } else {
                context.out()
                        .print("Client:\n Version:           0.1.0\n Java version:      "
                                + System.getProperty("java.version") + "\n OS/Arch:           linux/" + arch() + "\n");
                server.ifPresent(tree -> context.out()
                        .print("\nServer: " + tree.text("Platform", "Name") + "\n Engine:\n  Version:          "
                                + tree.text("Version") + "\n  API version:      " + tree.text("ApiVersion")
                                + " (minimum version " + tree.text("MinAPIVersion") + ")\n  OS/Arch:          "
                                + tree.text("Os") + "/" + tree.text("Arch") + "\n"));
            }
            context.out().flush();
            failure.ifPresent(context.err()::println);
            return failure.isPresent() ? 1 : 0;
        });
    }

    private static String arch() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : System.getProperty("os.arch");
    }

    static Command info() {
        return Command.of("info [OPTIONS]", "Display system-wide information", 0, 0, FORMAT, (context, flags) -> {
            Tree info = context.client().get("/info");
            Optional<String> format = flags.text("format");
            if (format.isPresent()) {
                context.out()
                        .println(
                                format.get().equals("json") ? Json.text(info) : new Template(format.get()).apply(info));
                return 0;
            }
            context.out().print("Client:\n Version:    0.1.0\n\nServer:\n");
            print(context, "Containers", info.text("Containers"));
            print(context, " Running", info.text("ContainersRunning"));
            print(context, " Paused", info.text("ContainersPaused"));
            print(context, " Stopped", info.text("ContainersStopped"));
            print(context, "Images", info.text("Images"));
            print(context, "Server Version", info.text("ServerVersion"));
            print(context, "Storage Driver", info.text("Driver"));
            print(context, "Logging Driver", info.text("LoggingDriver"));
            print(context, "Cgroup Driver", info.text("CgroupDriver"));
            print(context, "Cgroup Version", info.text("CgroupVersion"));
            print(context, "Levels", String.join(" ", info.map("Runtimes").keySet()));
            print(context, "Default Level", info.text("DefaultRuntime"));
            print(context, "Kernel Version", info.text("KernelVersion"));
            print(context, "Operating System", info.text("OperatingSystem"));
            print(context, "OSType", info.text("OSType"));
            print(context, "Architecture", info.text("Architecture"));
            print(context, "CPUs", info.text("NCPU"));
            print(context, "Total Memory", Human.binarySize(info.number("MemTotal")));
            print(context, "Name", info.text("Name"));
            print(context, "ID", info.text("ID"));
            print(context, "Docker Root Dir", info.text("DockerRootDir"));
            return 0;
        });
    }

    private static void print(Context context, String name, String value) {
        context.out().println(" " + name + ": " + value);
    }

    static Command diskUsage() {
        return Command.of("df", "Show disk usage", 0, 0, List.of(), (context, flags) -> {
            Tree usage = context.client().get("/system/df");
            long size = usage.list("Images").stream()
                    .mapToLong(image -> image.number("Size"))
                    .sum();
            long active = usage.list("Images").stream()
                    .filter(image -> image.number("Containers") > 0)
                    .count();
            long running = usage.list("Containers").stream()
                    .filter(container -> container.text("State").equals("running"))
                    .count();
            Table table = new Table();
            table.row(List.of("TYPE", "TOTAL", "ACTIVE", "SIZE"));
            table.row(List.of("Images", "" + usage.list("Images").size(), "" + active, Human.size(size)));
            table.row(List.of("Containers", "" + usage.list("Containers").size(), "" + running, ""));
            context.out().print(table);
            return 0;
        });
    }

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
                    Table table = new Table();
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
                        String port = wanted.indexOf('/') < 0 ? wanted + "/tcp" : wanted;
                        if (!ports.containsKey(port)) {
                            context.err()
                                    .println("Error: No public port '" + port + "' published for "
                                            + flags.arguments().getFirst());
                            return 1;
                        }
                    }
                    ports.forEach((port, bindings) -> bindings.list()
                            .forEach(binding -> context.out()
                                    .println(port + " -> " + binding.text("HostIp") + ":" + binding.text("HostPort"))));
                    return 0;
                });
    }

    static Command events() {
        return Command.of(
                "events [OPTIONS]",
                "Get real time events from the server",
                0,
                0,
                List.of(
                        Flag.filter("f", "Filter output based on conditions provided"),
                        Flag.text("format", "", "Format output using a custom template"),
                        Flag.text("since", "", "Show all events created since timestamp"),
                        Flag.text("until", "", "Stream events until this timestamp")),
                SystemCommands::events);
    }

    private static int events(Context context, Flags flags) throws IOException {
        String query = query(
                "since", LogsCommand.time(flags, "since"),
                "until", LogsCommand.time(flags, "until"),
                "filters", Filters.json(flags.list("filter")));
        Optional<String> format = flags.text("format");
        Optional<Template> template = format.filter(f -> !f.equals("json")).map(Template::new);
        try (Answer answer = context.client().send("GET", "/events" + query, null, Map.of())) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Tree event = Json.parse(line);
                context.out()
                        .println(
                                template.isPresent()
                                        ? template.get().apply(event)
                                        : format.isPresent() ? Json.text(event) : sentence(event));
                context.out().flush();
            }
        }
        return 0;
    }

    private static String sentence(Tree event) {
        long nanos = event.number("timeNano");
        String time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnnXXX", Locale.ROOT)
                .format(Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS).atZone(ZoneId.systemDefault()));
        String attributes = event.map("Actor", "Attributes").entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + entry.getValue().text())
                .collect(Collectors.joining(", "));
        return time + " " + event.text("Type") + " " + event.text("Action") + " " + event.text("Actor", "ID")
                + (attributes.isEmpty() ? "" : " (" + attributes + ")");
    }
}
