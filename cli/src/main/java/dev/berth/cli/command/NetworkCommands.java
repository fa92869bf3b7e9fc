package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
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
                    "IPv4", Boolean.toString(network.flag("EnableIPv4")),
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
                        new Flag(
                                "aux-address",
                                "",
                                Flag.Kind.LIST,
                                "map",
                                "Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])"),
                        Flag.flag("config-only", "", "Create a configuration only network"),
                        Flag.text("config-from", "", "The network from which to copy the configuration"),
                        Flag.text("driver", "d", "Driver to manage the Network (default \"bridge\")"),
                        Flag.list("gateway", "", "IPv4 or IPv6 Gateway for the master subnet"),
                        Flag.flag("ingress", "", "Create swarm routing-mesh network"),
                        Flag.flag("internal", "", "Restrict external access to the network"),
                        Flag.list("ip-range", "", "Allocate container ip from a sub-range"),
                        Flag.text("ipam-driver", "", "IP Address Management Driver (default \"default\")"),
                        new Flag(
                                "ipam-opt",
                                "",
                                Flag.Kind.LIST,
                                "map",
                                "Set IPAM driver specific options (default map[])"),
                        Flag.flag("ipv4", "", "Enable or disable IPv4 address assignment"),
                        Flag.flag("ipv6", "", "Enable or disable IPv6 address assignment"),
                        Flag.list("label", "", "Set metadata on a network"),
                        new Flag("opt", "o", Flag.Kind.LIST, "map", "Set driver specific options (default map[])"),
                        Flag.text("scope", "", "Control the network's scope"),
                        Flag.list("subnet", "", "Subnet in CIDR format that represents a network segment")),
                NetworkCommands::create);
    }

    private static int create(Context context, Flags flags) {
        Map<String, @Nullable Object> body = Json.of(
                "Name", flags.arguments().getFirst(),
                "Driver", flags.text("driver", "bridge"),
                "Scope", flags.text("scope", ""),
                "Internal", flags.has("internal"),
                "Attachable", flags.has("attachable"),
                "Ingress", flags.has("ingress"),
                "ConfigOnly", flags.has("config-only"),
                "EnableIPv6", flags.has("ipv6"),
                "IPAM",
                        Json.of(
                                "Driver", flags.text("ipam-driver", "default"),
                                "Options", Values.map(flags.list("ipam-opt")),
                                "Config", NetworkPools.of(flags)),
                "Options", Values.map(flags.list("opt")),
                "Labels", Values.map(flags.list("label")));
        if (flags.isSet("ipv4")) {
            body.put("EnableIPv4", flags.has("ipv4"));
        }
        flags.text("config-from").ifPresent(from -> body.put("ConfigFrom", Json.of("Network", from)));
        context.out().println(context.client().post("/networks/create", body).text("Id"));
        return 0;
    }

    static Command connect() {
        return Command.of(
                "connect [OPTIONS] NETWORK CONTAINER",
                "Connect a container to a network",
                2,
                2,
                List.of(
                        Flag.list("alias", "", "Add network-scoped alias for the container"),
                        Flag.list("driver-opt", "", "driver options for the network"),
                        Flag.number("gw-priority", "", "Highest gw-priority provides the default gateway"),
                        Flag.text("ip", "", "IPv4 address (e.g., \"172.30.100.104\")"),
                        Flag.text("ip6", "", "IPv6 address (e.g., \"2001:db8::33\")"),
                        Flag.list("link", "", "Add link to another container"),
                        Flag.list("link-local-ip", "", "Add a link-local address for the container")),
                NetworkCommands::connect);
    }

    private static int connect(Context context, Flags flags) {
        Map<String, @Nullable Object> endpoint = Json.of(
                "IPAMConfig",
                        Json.of(
                                "IPv4Address", flags.text("ip", ""),
                                "IPv6Address", flags.text("ip6", ""),
                                "LinkLocalIPs", flags.list("link-local-ip")),
                "Links", flags.list("link"),
                "Aliases", flags.list("alias"),
                "DriverOpts", Values.map(flags.list("driver-opt")),
                "GwPriority", flags.number("gw-priority").orElse(0));
        context.client()
                .post(
                        path(flags.arguments().getFirst()) + "/connect",
                        Json.of("Container", flags.arguments().get(1), "EndpointConfig", endpoint));
        return 0;
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
