package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Listing;
import java.util.List;

/** {@code berth volume}. What the engine has not, it says itself. */
final class VolumeCommands {
    private VolumeCommands() {}

    private static String path(String volume) {
        return "/volumes/" + EngineClient.encode(volume);
    }

    static Command ls() {
        return Command.of(
                "ls [OPTIONS]",
                "List volumes",
                0,
                0,
                List.of(
                        Flag.filter("f", "Provide filter values (e.g. \"dangling=true\")"),
                        Flag.rowFormat(),
                        Flag.flag("quiet", "q", "Only display volume names")),
                VolumeCommands::list);
    }

    private static int list(Context context, Flags flags) {
        String query = Identifiers.query("filters", Filters.json(flags.list("filter")));
        Listing listing = new Listing(Listing.headings(
                "Driver", "DRIVER", "Name", "VOLUME NAME", "Scope", "SCOPE", "Mountpoint", "MOUNTPOINT"));
        for (Tree volume : context.client().get("/volumes" + query).list("Volumes")) {
            if (flags.has("quiet")) {
                context.out().println(volume.text("Name"));
            }
            listing.row(Json.of(
                    "Availability",
                    "N/A",
                    "Driver",
                    volume.text("Driver"),
                    "Group",
                    "N/A",
                    "Labels",
                    PsCommand.labels(volume.map("Labels")),
                    "Links",
                    "N/A",
                    "Mountpoint",
                    volume.text("Mountpoint"),
                    "Name",
                    volume.text("Name"),
                    "Scope",
                    volume.text("Scope"),
                    "Size",
                    "N/A",
                    "Status",
                    "N/A"));
        }
        if (!flags.has("quiet")) {
            listing.print(context.out(), flags.text("format"), List.of("Driver", "Name"));
        }
        return 0;
    }

    static Command inspect() {
        return Command.of(
                "inspect [OPTIONS] VOLUME [VOLUME...]",
                "Display detailed information on one or more volumes",
                1,
                -1,
                List.of(Flag.format("f")),
                (context, flags) -> InspectCommand.run(context, flags, "volume"));
    }

    static Command create() {
        return Command.of(
                "create [OPTIONS] [VOLUME]",
                "Create a volume",
                0,
                1,
                List.of(
                        Flag.text("driver", "d", "Specify volume driver name (default \"local\")"),
                        Flag.list("label", "", "Set metadata for a volume"),
                        new Flag("opt", "o", Flag.Kind.LIST, "map", "Set driver specific options (default map[])")),
                (context, flags) -> {
                    String name =
                            flags.arguments().isEmpty() ? "" : flags.arguments().getFirst();
                    context.out()
                            .println(context.client()
                                    .post(
                                            "/volumes/create",
                                            Json.of(
                                                    "Name", name,
                                                    "Driver", flags.text("driver", "local"),
                                                    "DriverOpts", Values.map(flags.list("opt")),
                                                    "Labels", Values.map(flags.list("label"))))
                                    .text("Name"));
                    return 0;
                });
    }

    static Command rm() {
        return Command.of(
                "rm [OPTIONS] VOLUME [VOLUME...]",
                "Remove one or more volumes",
                1,
                -1,
                List.of(Flag.flag("force", "f", "Force the removal of one or more volumes")),
                (context, flags) -> Identifiers.forEach(
                        context,
                        flags.arguments(),
                        volume -> context.client().delete(path(volume) + (flags.has("force") ? "?force=1" : ""))));
    }

    static Command update() {
        return Command.of(
                "update [OPTIONS] [VOLUME]",
                "Update a volume (cluster volumes only)",
                1,
                1,
                List.of(Flag.text(
                        "availability", "", "Cluster Volume availability (\"active\", \"pause\", \"drain\")")),
                (context, flags) -> {
                    context.client()
                            .send(
                                    "PUT",
                                    path(flags.arguments().getFirst()),
                                    Json.of("Spec", Json.of("Availability", flags.text("availability", "active"))),
                                    java.util.Map.of())
                            .close();
                    return 0;
                });
    }

    static Command prune() {
        return Command.of(
                "prune [OPTIONS]",
                "Remove unused local volumes",
                0,
                0,
                List.of(
                        Flag.flag("all", "a", "Remove all unused volumes, not just anonymous ones"),
                        Flag.filter("", "Provide filter values (e.g. \"label=<label>\")"),
                        Flag.flag("force", "f", "Do not prompt for confirmation")),
                (context, flags) -> new Pruning(context, flags)
                        .ask(
                                flags.has("all")
                                        ? "This will remove all local volumes not used by at least one container."
                                        : "This will remove anonymous local volumes not used by at least one"
                                                + " container.")
                        .volumes());
    }
}
