package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.cli.text.Listing;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code berth stats}: a stream a container, of which the newest figures are drawn again and again. */
final class StatsCommand {
    private static final String HOME = "\033[H";
    private static final String END_OF_LINE = "\033[K\n";
    private static final String REST_OF_SCREEN = "\033[J";
    private static final long PAUSE_MILLIS = 500;
    private static final long FIRST_MILLIS = 10_000;

    private final Context context;
    private final Flags flags;
    private final EngineClient client;
    private final boolean once;
    /** By the containers' ids, or what they were called. */
    private final Map<String, Figures> figures = new LinkedHashMap<>();

    private StatsCommand(Context context, Flags flags) {
        this.context = context;
        this.flags = flags;
        this.client = context.client();
        this.once = flags.has("no-stream");
    }

    static Command command() {
        return Command.of(
                "stats [OPTIONS] [CONTAINER...]",
                "Display a live stream of container(s) resource usage statistics",
                0,
                -1,
                List.of(
                        Flag.flag("all", "a", "Show all containers (default shows just running)"),
                        Flag.rowFormat(),
                        Flag.flag("no-stream", "", "Disable streaming stats and only pull the first result"),
                        Flag.flag("no-trunc", "", "Do not truncate output")),
                (context, flags) -> new StatsCommand(context, flags).run());
    }

    private int run() throws IOException {
        follow();
        if (figures.values().stream().noneMatch(each -> each.failure().isEmpty()) && !figures.isEmpty()) {
            for (Figures each : figures.values()) {
                each.failure().ifPresent(context.err()::println);
            }
            return 1;
        }
        if (once) {
            draw(context.out());
            return failures();
        }
        while (true) {
            ByteArrayOutputStream screen = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(screen, false, StandardCharsets.UTF_8);
            draw(out);
            out.flush();
            context.out()
                    .print(HOME + screen.toString(StandardCharsets.UTF_8).replace("\n", END_OF_LINE) + REST_OF_SCREEN);
            context.out().flush();
            pause(PAUSE_MILLIS);
            follow();
        }
    }

    private int failures() {
        context.out().flush();
        int code = 0;
        for (Figures each : figures.values()) {
            if (each.failure().isPresent() && !flags.arguments().isEmpty()) {
                context.err().println(each.failure().get());
                code = 1;
            }
        }
        return code;
    }

    /** Listens to those that are new, and forgets those that are gone; waits for the first figures. */
    private void follow() throws IOException {
        List<String> ids = flags.arguments().isEmpty()
                ? client.get("/containers/json" + (flags.has("all") ? "?all=1" : "")).list().stream()
                        .map(container -> container.text("Id"))
                        .toList()
                : flags.arguments();
        figures.keySet().removeIf(id -> !ids.contains(id));
        List<Figures> added = new ArrayList<>();
        for (String id : ids) {
            if (!figures.containsKey(id)) {
                Figures one = new Figures(client, id, once);
                figures.put(id, one);
                added.add(one);
                Thread.ofVirtual().start(one::listen);
            }
        }
        for (Figures one : added) {
            one.awaitFirst();
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void draw(PrintStream out) {
        Listing listing = new Listing(Listing.headings(
                "ID",
                "CONTAINER ID",
                "Container",
                "CONTAINER",
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
        boolean full = flags.has("no-trunc");
        figures.forEach((id, one) -> {
            Optional<Tree> newest = one.newest();
            if (newest.isPresent()) {
                listing.row(row(newest.get(), full, flags.arguments().isEmpty() ? Optional.empty() : Optional.of(id)));
            } else if (one.failure().isEmpty()) {
                listing.row(unknown(full ? id : Human.shortId(id)));
            }
        });
        listing.print(
                out,
                flags.text("format"),
                List.of("ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"));
    }

    private static Map<String, Object> unknown(String id) {
        return Json.of(
                "BlockIO", "--",
                "CPUPerc", "--",
                "Container", id,
                "ID", id,
                "MemPerc", "--",
                "MemUsage", "-- / --",
                "Name", "--",
                "NetIO", "--",
                "PIDs", "--");
    }

    /** @param called what the user called it; empty for its id */
    private static Map<String, Object> row(Tree stats, boolean full, Optional<String> called) {
        double cpu = stats.number("cpu_stats", "cpu_usage", "total_usage")
                - stats.number("precpu_stats", "cpu_usage", "total_usage");
        double system =
                stats.number("cpu_stats", "system_cpu_usage") - stats.number("precpu_stats", "system_cpu_usage");
        double percent = system > 0 && cpu > 0 ? cpu / system * stats.number("cpu_stats", "online_cpus") * 100 : 0;
        long used = usedMemory(stats.get("memory_stats"));
        long limit = used == 0 && stats.get("memory_stats").map().isEmpty() ? 0 : stats.number("memory_stats", "limit");
        String id = full ? stats.text("id") : Human.shortId(stats.text("id"));
        String name = stats.text("name");
        return Json.of(
                "BlockIO",
                transfers(stats, "read") + " / " + transfers(stats, "write"),
                "CPUPerc",
                String.format(Locale.ROOT, "%.2f%%", percent),
                "Container",
                called.orElse(id),
                "ID",
                id,
                "MemPerc",
                String.format(Locale.ROOT, "%.2f%%", limit > 0 ? 100.0 * used / limit : 0),
                "MemUsage",
                Human.binarySize(used) + " / " + Human.binarySize(limit),
                "Name",
                name.startsWith("/") ? name.substring(1) : name,
                "NetIO",
                network(stats, "rx_bytes") + " / " + network(stats, "tx_bytes"),
                "PIDs",
                Long.toString(stats.number("pids_stats", "current")));
    }

    /** Without the page cache that could be given up at once, as the kernel's two interfaces name it. */
    private static long usedMemory(Tree memory) {
        long usage = memory.number("usage");
        for (String name : new String[] {"total_inactive_file", "inactive_file"}) {
            long cache = memory.number("stats", name);
            if (!memory.get("stats", name).isMissing() && cache < usage) {
                return usage - cache;
            }
        }
        return usage;
    }

    private static String transfers(Tree stats, String operation) {
        return Human.size(stats.list("blkio_stats", "io_service_bytes_recursive").stream()
                .filter(entry -> entry.text("op").equalsIgnoreCase(operation))
                .mapToLong(entry -> entry.number("value"))
                .sum());
    }

    private static String network(Tree stats, String name) {
        return Human.size(stats.map("networks").values().stream()
                .mapToLong(card -> card.number(name))
                .sum());
    }

    /** One container's stream, and the newest of it. */
    private static final class Figures {
        private final EngineClient client;
        private final String id;
        private final boolean once;
        private Optional<Tree> newest = Optional.empty();
        private Optional<String> failure = Optional.empty();
        private boolean ended;

        Figures(EngineClient client, String id, boolean once) {
            this.client = client;
            this.id = id;
            this.once = once;
        }

        void listen() {
            String path = Identifiers.path(id) + "/stats?stream=" + (once ? "0" : "1");
            try (Answer answer = client.send("GET", path, null, Map.of())) {
                BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        tell(Optional.of(Json.parse(line)), Optional.empty(), false);
                    }
                }
                tell(Optional.empty(), Optional.empty(), true);
            } catch (ApiException e) {
                tell(Optional.empty(), Optional.of(e.sentence()), true);
            } catch (IOException | UncheckedIOException | CliException | IllegalArgumentException e) {
                tell(Optional.empty(), Optional.of(String.valueOf(e.getMessage())), true);
            }
        }

        private synchronized void tell(Optional<Tree> figures, Optional<String> why, boolean last) {
            newest = figures.or(() -> newest);
            failure = why;
            ended = last;
            notifyAll();
        }

        synchronized void awaitFirst() throws IOException {
            long deadline = System.currentTimeMillis() + FIRST_MILLIS;
            try {
                while (newest.isEmpty() && !ended && System.currentTimeMillis() < deadline) {
                    wait(FIRST_MILLIS);
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }

        synchronized Optional<Tree> newest() {
            return newest;
        }

        synchronized Optional<String> failure() {
            return failure;
        }
    }
}
