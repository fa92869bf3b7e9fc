package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import dev.berth.cli.text.Template;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code berth system df}. */
final class DiskUsageCommand {
    private final Tree usage;

    private DiskUsageCommand(Tree usage) {
        this.usage = usage;
    }

    static Command command() {
        return Command.of(
                "df [OPTIONS]",
                "Show berth disk usage",
                0,
                0,
                List.of(Flag.rowFormat(), Flag.flag("verbose", "v", "Show detailed information on space usage")),
                DiskUsageCommand::run);
    }

    private static int run(Context context, Flags flags) {
        DiskUsageCommand command = new DiskUsageCommand(context.client().get("/system/df"));
        Optional<String> format = flags.text("format").filter(text -> !text.isEmpty());
        if (flags.has("verbose")) {
            command.printDetails(context.out(), format);
        } else {
            command.printSums(context.out(), format);
        }
        return 0;
    }

    private void printSums(PrintStream out, Optional<String> format) {
        Listing listing = new Listing(Listing.headings(
                "Type",
                "TYPE",
                "TotalCount",
                "TOTAL",
                "Active",
                "ACTIVE",
                "Size",
                "SIZE",
                "Reclaimable",
                "RECLAIMABLE"));
        List<Tree> images = usage.list("Images");
        long used = 0;
        for (Tree image : images) {
            boolean apart = image.number("Size") != -1 && image.number("SharedSize") != -1;
            used += image.number("Containers") > 0 && apart ? image.number("Size") - image.number("SharedSize") : 0;
        }
        long active =
                images.stream().filter(image -> image.number("Containers") > 0).count();
        long layers = usage.number("LayersSize");
        listing.row(row("Images", images.size(), active, layers, layers - used));

        List<Tree> containers = usage.list("Containers");
        long all = containers.stream().mapToLong(c -> c.number("SizeRw")).sum();
        long idle = containers.stream()
                .filter(container -> !isActive(container))
                .mapToLong(container -> container.number("SizeRw"))
                .sum();
        long running = containers.stream().filter(DiskUsageCommand::isActive).count();
        listing.row(row("Containers", containers.size(), running, all, idle));

        List<Tree> volumes = usage.list("Volumes");
        listing.row(row(
                "Local Volumes",
                volumes.size(),
                volumes.stream()
                        .filter(volume -> volume.number("UsageData", "RefCount") > 0)
                        .count(),
                volumeBytes(volumes, false),
                volumeBytes(volumes, true)));

        List<Tree> cache = usage.list("BuildCache");
        long cached = cache.stream()
                .filter(one -> !one.flag("Shared"))
                .mapToLong(one -> one.number("Size"))
                .sum();
        long inUse = cache.stream()
                .filter(one -> one.flag("InUse") && !one.flag("Shared"))
                .mapToLong(one -> one.number("Size"))
                .sum();
        listing.row(row(
                "Build Cache",
                cache.size(),
                cache.stream().filter(one -> one.flag("InUse")).count(),
                cached,
                cached - inUse));
        listing.print(out, format, List.of("Type", "TotalCount", "Active", "Size", "Reclaimable"));
    }

    private static boolean isActive(Tree container) {
        return List.of("running", "paused", "restarting").contains(container.text("State"));
    }

    private static long volumeBytes(List<Tree> volumes, boolean unusedOnly) {
        return volumes.stream()
                .filter(volume -> volume.number("UsageData", "Size") != -1)
                .filter(volume -> !unusedOnly || volume.number("UsageData", "RefCount") == 0)
                .mapToLong(volume -> volume.number("UsageData", "Size"))
                .sum();
    }

    private static Map<String, Object> row(String type, long total, long active, long size, long reclaimable) {
        String share = size > 0 && !type.equals("Build Cache") ? " (" + 100 * reclaimable / size + "%)" : "";
        return Json.of(
                "Active", Long.toString(active),
                "Reclaimable", Human.size4(reclaimable) + share,
                "Size", Human.size4(size),
                "TotalCount", Long.toString(total),
                "Type", type);
    }

    private void printDetails(PrintStream out, Optional<String> format) {
        if (format.filter(text -> text.startsWith("table") && !text.equals("table"))
                .isPresent()) {
            throw new CliException(
                    "a table of columns of your choice cannot be made of all of this: say --format json");
        }
        boolean full = format.isPresent() && !format.get().equals("table");
        List<Map<String, Object>> images = images(full);
        List<Map<String, Object>> containers = containers(full);
        List<Map<String, Object>> volumes = volumes();
        List<Map<String, Object>> cache = cache(full);
        if (full) {
            Map<String, @Nullable Object> all =
                    Json.of("Images", images, "Containers", containers, "Volumes", volumes, "BuildCache", cache);
            out.print(
                    format.get().equals("json")
                            ? Json.text(all)
                            : new Template(format.get(), Template.Style.ROWS).apply(new Tree(all)));
            return;
        }
        out.print("Images space usage:\n\n");
        print(
                out,
                images,
                List.of("Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"),
                Listing.headings(
                        "ID",
                        "IMAGE ID",
                        "CreatedSince",
                        "CREATED",
                        "SharedSize",
                        "SHARED SIZE",
                        "UniqueSize",
                        "UNIQUE SIZE"));
        out.print("\nContainers space usage:\n\n");
        print(
                out,
                containers,
                List.of("ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"),
                PsCommand.HEADINGS);
        out.print("\nLocal Volumes space usage:\n\n");
        print(out, volumes, List.of("Name", "Links", "Size"), Listing.headings("Name", "VOLUME NAME"));
        long bytes = usage.list("BuildCache").stream()
                .mapToLong(one -> one.number("Size"))
                .sum();
        out.print("\nBuild cache usage: " + Human.size4(bytes) + "\n\n");
        print(
                out,
                cache,
                List.of("ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"),
                Listing.headings(
                        "ID",
                        "CACHE ID",
                        "CacheType",
                        "CACHE TYPE",
                        "CreatedSince",
                        "CREATED",
                        "LastUsedSince",
                        "LAST USED",
                        "UsageCount",
                        "USAGE"));
    }

    private static void print(
            PrintStream out, List<Map<String, Object>> rows, List<String> columns, Map<String, String> headings) {
        Listing listing = new Listing(headings);
        rows.forEach(listing::row);
        listing.print(out, Optional.empty(), columns);
    }

    private List<Map<String, Object>> images(boolean full) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Tree image : usage.list("Images")) {
            String id = image.text("Id");
            List<String> names = image.texts("RepoTags");
            String name = names.isEmpty() ? "<none>:<none>" : names.getFirst();
            int colon = name.lastIndexOf(':');
            long shared = image.number("SharedSize");
            long size = image.number("Size");
            rows.add(Json.of(
                    "Containers", Long.toString(image.number("Containers")),
                    "CreatedAt", Human.time(image.number("Created")),
                    "CreatedSince", Human.ago(image.number("Created")),
                    "Digest", "",
                    "ID", full ? id : Human.shortId(id),
                    "Repository", name.substring(0, colon),
                    "SharedSize", shared == -1 ? "N/A" : Human.size4(shared),
                    "Size", Human.size(size),
                    "Tag", name.substring(colon + 1),
                    "UniqueSize", shared == -1 ? "N/A" : Human.size4(size - shared),
                    "VirtualSize", Human.size4(size)));
        }
        return rows;
    }

    private List<Map<String, Object>> containers(boolean full) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Tree container : usage.list("Containers")) {
            Map<String, Object> row = PsCommand.row(container, full);
            row.put("Size", Human.size(container.number("SizeRw")));
            rows.add(row);
        }
        return rows;
    }

    private List<Map<String, Object>> volumes() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Tree volume : usage.list("Volumes")) {
            rows.add(Json.of(
                    "Driver", volume.text("Driver"),
                    "Labels", PsCommand.labels(new TreeMap<>(volume.map("Labels"))),
                    "Links", Long.toString(volume.number("UsageData", "RefCount")),
                    "Mountpoint", volume.text("Mountpoint"),
                    "Name", volume.text("Name"),
                    "Scope", volume.text("Scope"),
                    "Size", Human.size(volume.number("UsageData", "Size"))));
        }
        return rows;
    }

    private List<Map<String, Object>> cache(boolean full) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Tree one : usage.list("BuildCache")) {
            rows.add(Json.of(
                    "CacheType", one.text("Type"),
                    "CreatedSince", one.text("CreatedAt"),
                    "Description", one.text("Description"),
                    "ID", full ? one.text("ID") : Human.shortId(one.text("ID")),
                    "InUse", Boolean.toString(one.flag("InUse")),
                    "LastUsedSince", one.text("LastUsedAt"),
                    "Shared", Boolean.toString(one.flag("Shared")),
                    "Size", Human.size(one.number("Size")),
                    "UsageCount", Long.toString(one.number("UsageCount"))));
        }
        return rows;
    }
}
