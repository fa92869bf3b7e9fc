package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code berth ps}. */
final class PsCommand {
    private static final int COMMAND_WIDTH = 20;

    private PsCommand() {}

    static Command command() {
        return Command.of(
                "ps [OPTIONS]",
                "List containers",
                0,
                0,
                List.of(
                        Flag.flag("all", "a", "Show all containers (default shows just running)"),
                        Flag.filter("f", "Filter output based on conditions provided"),
                        Flag.text("format", "", "Format output using a custom template"),
                        Flag.number("last", "n", "Show n last created containers (includes all states)"),
                        Flag.flag("latest", "l", "Show the latest created container (includes all states)"),
                        Flag.flag("no-trunc", "", "Don't truncate output"),
                        Flag.flag("quiet", "q", "Only display container IDs"),
                        Flag.flag("size", "s", "Display total file sizes")),
                PsCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        String limit = flags.has("latest") ? "1" : flags.text("last", "");
        String query = Identifiers.query(
                "all",
                flags.has("all") || !limit.isEmpty() ? "1" : "",
                "limit",
                limit,
                "filters",
                Filters.json(flags.list("filter")));
        Tree containers = context.client().get("/containers/json" + query);
        boolean full = flags.has("no-trunc");
        if (flags.has("quiet")) {
            containers.list().forEach(c -> context.out().println(full ? c.text("Id") : Human.shortId(c.text("Id"))));
            return 0;
        }
        Listing listing = new Listing(Listing.headings(
                "ID",
                "CONTAINER ID",
                "Image",
                "IMAGE",
                "Command",
                "COMMAND",
                "RunningFor",
                "CREATED",
                "Status",
                "STATUS",
                "Ports",
                "PORTS",
                "Names",
                "NAMES",
                "CreatedAt",
                "CREATED AT",
                "LocalVolumes",
                "LOCAL VOLUMES"));
        for (Tree container : containers.list()) {
            listing.row(row(container, full));
        }
        List<String> columns =
                new ArrayList<>(List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"));
        if (flags.has("size")) {
            columns.add("Size");
        }
        listing.print(context.out(), flags.text("format"), columns);
        return 0;
    }

    private static Map<String, Object> row(Tree container, boolean full) {
        String id = container.text("Id");
        String command = container.text("Command");
        String shown = full ? command : Human.ellipsis(command, COMMAND_WIDTH);
        long created = container.number("Created");
        Map<String, Object> row = Json.of(
                "Command", "\"" + shown + "\"",
                "CreatedAt",
                        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z z", Locale.ROOT)
                                .format(Instant.ofEpochSecond(created).atZone(ZoneId.systemDefault())),
                "ID", full ? id : Human.shortId(id),
                "Image",
                        container.text("Image").startsWith("sha256:") && !full
                                ? Human.shortId(container.text("Image"))
                                : container.text("Image"),
                "Labels",
                        container.map("Labels").entrySet().stream()
                                .map(label ->
                                        label.getKey() + "=" + label.getValue().text())
                                .collect(Collectors.joining(",")),
                "Names",
                        container.texts("Names").stream()
                                .map(name -> name.startsWith("/") ? name.substring(1) : name)
                                .collect(Collectors.joining(",")),
                "Networks",
                        String.join(
                                ",",
                                container.map("NetworkSettings", "Networks").keySet()),
                "Ports", "",
                "RunningFor", Human.ago(created),
                "State", container.text("State"),
                "Status", container.text("Status"));
        row.put(
                "Mounts",
                container.list("Mounts").stream()
                        .map(mount -> mount.text("Name").isEmpty() ? mount.text("Source") : mount.text("Name"))
                        .collect(Collectors.joining(",")));
        row.put("Size", Human.size(container.number("SizeRw")));
        row.put("LocalVolumes", "0");
        return row;
    }
}
