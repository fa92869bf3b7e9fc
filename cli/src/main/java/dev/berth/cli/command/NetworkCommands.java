package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code berth network}. What the engine has not, it says itself. */
final class NetworkCommands {
    private NetworkCommands() {}

    private static String path(String network) {
        return "/networks/" + EngineClient.encode(network);
    }

    static Command ls() {
        return Command.of(
                "ls [OPTIONS]",
                "List networks",
                0,
                0,
                List.of(
                        Flag.filter("f", "Provide filter values (e.g. \"driver=bridge\")"),
                        Flag.rowFormat(),
                        Flag.flag("no-trunc", "", "Do not truncate the output"),
                        Flag.flag("quiet", "q", "Only display network IDs")),
                NetworkCommands::list);
    }

    private static int list(Context context, Flags flags) {
        String query = Identifiers.query("filters", Filters.json(flags.list("filter")));
        Listing listing = new Listing(Listing.headings(
                "ID", "NETWORK ID", "Name", "NAME", "Driver", "DRIVER", "Scope", "SCOPE", "CreatedAt", "CREATED AT"));
        for (Tree network : context.client().get("/networks" + query).list()) {
            String id = flags.has("no-trunc") ? network.text("Id") : Human.shortId(network.text("Id"));
            if (flags.has("quiet")) {
                context.out().println(id);
            }
            listing.row(Json.of(
                    "CreatedAt", network.text("Created"),
                    "Driver", network.text("Driver"),
                    "ID", id,
                    "IPv4", "true",
                    "IPv6", Boolean.toString(network.flag("EnableIPv6")),
                    "Internal", Boolean.toString(network.flag("Internal")),
                    "Labels", PsCommand.labels(network.map("Labels")),
                    "Name", network.text("Name"),
                    "Scope", network.text("Scope")));
        }
        if (!flags.has("quiet")) {
            listing.print(context.out(), flags.text("format"), List.of("ID", "Name", "Driver", "Scope"));
        }
        return 0;
    }

    static Command inspect() {
        return Command.of(
                "inspect [OPTIONS] NETWORK [NETWORK...]",
                "Display detailed information on one or more networks",
                1,
                -1,
                List.of(Flag.format("f"), Flag.flag("verbose", "v", "Verbose output for diagnostics")),
                (context, flags) -> InspectCommand.run(context, flags, "network"));
    }

    static Command create() {
        return Command.of(
                "create [OPTIONS] NETWORK",
                "Create a network",
                1,
                1,
                List.of(
                        Flag.flag("attachable", "", "Enable manual container attachment"),
                        Flag.text("driver", "d", "Driver to manage the Network (default \"bridge\")"),
                        Flag.flag("internal", "", "Restrict external access to the network"),
                        Flag.flag("ipv6", "", "Enable or disable IPv6 address assignment"),
                        Flag.list("label", "", "Set metadata on a network"),
                        new Flag("opt", "o", Flag.Kind.LIST, "map", "Set driver specific options (default map[])"),
                        Flag.list("subnet", "", "Subnet in CIDR format that represents a network segment")),
                (context, flags) -> {
                    List<@Nullable Object> subnets = new ArrayList<>();
                    flags.list("subnet").forEach(subnet -> subnets.add(Json.of("Subnet", subnet)));
                    Map<String, @Nullable Object> body = Json.of(
                            "Name", flags.arguments().getFirst(),
                            "Driver", flags.text("driver", "bridge"),
                            "Internal", flags.has("internal"),
                            "Attachable", flags.has("attachable"),
                            "EnableIPv6", flags.has("ipv6"),
                            "IPAM", Json.of("Config", subnets),
                            "Options", Values.map(flags.list("opt")),
                            "Labels", Values.map(flags.list("label")));
                    context.out()
                            .println(context.client()
                                    .post("/networks/create", body)
                                    .text("Id"));
                    return 0;
                });
    }

    static Command connect() {
        return Command.of(
                "connect [OPTIONS] NETWORK CONTAINER",
                "Connect a container to a network",
                2,
                2,
                List.of(Flag.list("alias", "", "Add network-scoped alias for the container")),
                (context, flags) -> {
                    context.client()
                            .post(
                                    path(flags.arguments().getFirst()) + "/connect",
                                    Json.of(
                                            "Container",
                                            flags.arguments().get(1),
                                            "EndpointConfig",
                                            Json.of("Aliases", flags.list("alias"))));
                    return 0;
                });
    }

    static Command disconnect() {
        return Command.of(
                "disconnect [OPTIONS] NETWORK CONTAINER",
                "Disconnect a container from a network",
                2,
                2,
                List.of(Flag.flag("force", "f", "Force the container to disconnect from a network")),
                (context, flags) -> {
                    context.client()
                            .post(
                                    path(flags.arguments().getFirst()) + "/disconnect",
                                    Json.of("Container", flags.arguments().get(1), "Force", flags.has("force")));
                    return 0;
                });
    }

    static Command rm() {
        return Command.of(
                "rm NETWORK [NETWORK...]",
                "Remove one or more networks",
                1,
                -1,
                List.of(Flag.flag("force", "f", "Do not error if the network does not exist")),
                (context, flags) -> Identifiers.forEach(
                        context, flags.arguments(), network -> context.client().delete(path(network))));
    }

    static Command prune() {
        return Command.of(
                "prune [OPTIONS]",
                "Remove all unused networks",
                0,
                0,
                List.of(
                        Flag.filter("", "Provide filter values (e.g. \"until=<timestamp>\")"),
                        Flag.flag("force", "f", "Do not prompt for confirmation")),
                (context, flags) -> new Pruning(context, flags)
                        .ask("This will remove all custom networks not used by at least one container.")
                        .networks());
    }
}
