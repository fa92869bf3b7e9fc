package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import dev.berth.cli.text.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code berth ps}. */
final class PsCommand {
    private static final int COMMAND_WIDTH = 20;
    private static final int MOUNT_WIDTH = 15;

    /** The columns' headings; those of the usual table first. */
    static final Map<String, String> HEADINGS = Listing.headings(
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
            "LOCAL VOLUMES");

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
                        Flag.rowFormat(),
                        Flag.number("last", "n", "Show n last created containers (includes all states) (default -1)"),
                        Flag.flag("latest", "l", "Show the latest created container (includes all states)"),
                        Flag.flag("no-trunc", "", "Don't truncate output"),
                        Flag.flag("quiet", "q", "Only display container IDs"),
                        Flag.flag("size", "s", "Display total file sizes")),
                PsCommand::run);
    }

    private static int run(Context context, Flags flags) {
        String last = flags.text("last").filter(count -> !count.startsWith("-")).orElse("");
        String limit = flags.has("latest") ? "1" : last;
        String format = flags.text("format", "");
        boolean size = flags.has("size") || format.contains(".Size") || format.matches(".*json +\\.[ |}].*");
        String query = Identifiers.query(
                "all",
                flags.has("all") || !limit.isEmpty() ? "1" : "",
                "limit",
                limit,
                "size",
                size && !flags.has("quiet") ? "1" : "",
                "filters",
                Filters.json(flags.list("filter")));
        Tree containers = context.client().get("/containers/json" + query);
        boolean full = flags.has("no-trunc");
        if (flags.has("quiet")) {
            containers.list().forEach(c -> context.out().println(full ? c.text("Id") : Human.shortId(c.text("Id"))));
            return 0;
        }
        Listing listing = new Listing(HEADINGS);
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

    /** What a container's columns say. */
    static Map<String, Object> row(Tree container, boolean full) {
        String id = container.text("Id");
        String command = container.text("Command");
        long created = container.number("Created");
        Map<String, Tree> labels = new TreeMap<>(container.map("Labels"));
        Map<String, Object> row = Json.of(
                "Command", "\"" + (full ? command : Human.ellipsis(command, COMMAND_WIDTH)) + "\"",
                "CreatedAt", Human.time(created),
                "ID", full ? id : Human.shortId(id),
                "Image", image(container.text("Image"), full),
                "Labels", labels(labels),
                "LocalVolumes",
                        Long.toString(container.list("Mounts").stream()
                                .filter(mount -> mount.text("Driver").equals("local"))
                                .count()),
                "Mounts", mounts(container, full),
                "Names",
                        String.join(
                                ",",
                                container.texts("Names").stream()
                                        .map(name -> name.startsWith("/") ? name.substring(1) : name)
                                        .filter(name -> full || name.indexOf('/') < 0)
                                        .toList()),
                "Networks",
                        String.join(
                                ",",
                                container.map("NetworkSettings", "Networks").keySet()),
                "Platform", null,
                "Ports", PortList.text(container.list("Ports")),
                "RunningFor", Human.ago(created),
                "Size", size(container),
                "State", container.text("State"),
                "Status", container.text("Status"));
        row.put("Label", label(labels));
        return row;
    }

    private static String image(String image, boolean full) {
        if (image.isEmpty()) {
            return "<no image>";
        }
        return image.startsWith("sha256:") && !full ? Human.shortId(image) : image;
    }

    private static String size(Tree container) {
        long root = container.number("SizeRootFs");
        return Human.size(container.number("SizeRw")) + (root > 0 ? " (virtual " + Human.size(root) + ")" : "");
    }

    private static String mounts(Tree container, boolean full) {
        List<String> names = new ArrayList<>();
        for (Tree mount : container.list("Mounts")) {
            String name = mount.text("Name").isEmpty() ? mount.text("Source") : mount.text("Name");
            names.add(full ? name : Human.ellipsis(name, MOUNT_WIDTH));
        }
        return String.join(",", names);
    }

    /** {@code a=b,c=d}. */
    static String labels(Map<String, Tree> labels) {
        return String.join(
                ",",
                labels.entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue().text())
                        .toList());
    }

    /** {@code {{.Label "name"}}}. */
    static Template.Method label(Map<String, Tree> labels) {
        return arguments -> {
            Tree label = labels.get(arguments.isEmpty() ? "" : String.valueOf(arguments.getFirst()));
            return label == null ? "" : label.text();
        };
    }
}
