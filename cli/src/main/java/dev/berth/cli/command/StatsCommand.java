package dev.berth.cli.command;

import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code berth stats}. */
final class StatsCommand {
    private static final String CLEAR = "\033[2J\033[H";

    private StatsCommand() {}

    static Command command() {
        return Command.of(
                "stats [OPTIONS] [CONTAINER...]",
                "Display a live stream of container(s) resource usage statistics",
                0,
                -1,
                List.of(
                        Flag.flag("all", "a", "Show all containers (default shows just running)"),
                        Flag.text("format", "", "Format output using a custom template"),
                        Flag.flag("no-stream", "", "Disable streaming stats and only pull the first result"),
                        Flag.flag("no-trunc", "", "Do not truncate output")),
                StatsCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        EngineClient client = context.client();
        boolean once = flags.has("no-stream");
        do {
            List<String> ids = flags.arguments().isEmpty()
                    ? client.get("/containers/json" + (flags.has("all") ? "?all=1" : "")).list().stream()
                            .map(container -> container.text("Id"))
                            .toList()
                    : flags.arguments();
            Listing listing = new Listing(Listing.headings(
                    "ID",
                    "CONTAINER ID",
                    "Name",
                    "NAME",
                    "CPUPerc",
                    "CPU %",
                    "MemUsage",
                    "MEM USAGE / LIMIT",
                    "MemPerc",
                    "MEM %",
                    "NetIO",
                    "NET I/O",
                    "BlockIO",
                    "BLOCK I/O",
                    "PIDs",
                    "PIDS"));
            for (String id : ids) {
                listing.row(row(client.get(Identifiers.path(id) + "/stats?stream=0"), flags.has("no-trunc")));
            }
            context.out().print(once ? "" : CLEAR);
            listing.print(
                    context.out(),
                    flags.text("format"),
                    List.of("ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"));
            context.out().flush();
            if (!once && ids.isEmpty()) {
                pause();
            }
        } while (!once);
        return 0;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private static Map<String, Object> row(Tree stats, boolean full) {
        double cpu = stats.number("cpu_stats", "cpu_usage", "total_usage")
                - stats.number("precpu_stats", "cpu_usage", "total_usage");
        double system =
                stats.number("cpu_stats", "system_cpu_usage") - stats.number("precpu_stats", "system_cpu_usage");
        double percent = system > 0 ? cpu / system * stats.number("cpu_stats", "online_cpus") * 100 : 0;
        long used = Math.max(
                0, stats.number("memory_stats", "usage") - stats.number("memory_stats", "stats", "inactive_file"));
        long limit = stats.number("memory_stats", "limit");
        String id = stats.text("id");
        String name = stats.text("name");
        return Json.of(
                "ID",
                full ? id : Human.shortId(id),
                "Container",
                full ? id : Human.shortId(id),
                "Name",
                name.startsWith("/") ? name.substring(1) : name,
                "CPUPerc",
                String.format(Locale.ROOT, "%.2f%%", percent),
                "MemUsage",
                Human.binarySize(used) + " / " + Human.binarySize(limit),
                "MemPerc",
                String.format(Locale.ROOT, "%.2f%%", limit > 0 ? 100.0 * used / limit : 0),
                "NetIO",
                "0B / 0B",
                "BlockIO",
                "0B / 0B",
                "PIDs",
                stats.number("pids_stats", "current"));
    }
}
