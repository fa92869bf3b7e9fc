package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures what many containers cost. Arguments: the project's directory, an empty work directory, a tar of a small root
 * file system, and {@code quick} or {@code whole}.
 */
public final class Scale {
    private static final String IMAGE = Pair.IMAGE;
    private static final int WARM_UP = 150;
    private static final int LISTS = 20;

    private final Path project;
    private final Path work;
    private final Path smallTree;
    private final boolean quick;
    private final int many;
    private final int atOnce;
    private final int copiedMib;
    private final Report report = new Report();

    private Scale(String[] args) {
        project = Path.of(args[0]);
        work = Path.of(args[1]);
        smallTree = Path.of(args[2]);
        quick = args[3].equals("quick");
        many = quick ? 100 : 1000;
        atOnce = quick ? 40 : 200;
        copiedMib = quick ? 128 : 1024;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("run this by bench/run scale");
        }
        new Scale(args).run();
    }

    private void run() throws Exception {
        report.head();
        try (Pair pair = Pair.start(project, work, smallTree)) {
            Peer berth = pair.berth();
            Peer dockerd = pair.dockerd();
            atOnce(berth, dockerd);
            list(berth, dockerd);
            copy(berth, dockerd);
            lives(berth);
        }
    }

    private static String create(Api api, String command) throws IOException {
        return Api.field(
                api.post(
                        "/containers/create",
                        "{\"Image\":\"" + IMAGE + "\",\"Cmd\":" + command
                                + ",\"HostConfig\":{\"NetworkMode\":\"none\"}}"),
                "Id");
    }

    private static List<String> create(Peer peer, int count) throws IOException {
        List<String> ids = new ArrayList<>();
        try (Api api = peer.connect()) {
            for (int i = 0; i < count; i++) {
                ids.add(create(api, "[\"sleep\",\"86400\"]"));
            }
        }
        return ids;
    }

    /** Starts many at the same instant, each by a client of its own, and weighs them while they run. */
    private void atOnce(Peer berth, Peer dockerd) throws Exception {
        removeAll(
                berth,
                startAll(berth, create(berth, atOnce)).ids()); // what is hot is compiled as in a daemon that has worked
        Weight before = Weight.of(berth, List.of());
        Started ours = startAll(berth, create(berth, atOnce));
        Started theirs = startAll(dockerd, create(dockerd, atOnce));
        report.row(
                atOnce + " starts at once, the time for each",
                "ms",
                ours.nanos() / 1e6 / atOnce,
                theirs.nanos() / 1e6 / atOnce,
                "<= 1/10");
        Weight own = Weight.of(berth, ours.ids());
        Weight peers = Weight.of(dockerd, theirs.ids());
        report.row(
                "memory (PSS) with " + atOnce + " idle containers: daemon and helpers",
                "MiB",
                own.totalKib() / 1024.0,
                peers.totalKib() / 1024.0,
                "<= 1/5");
        report.row(
                "of it the helpers, for each container",
                "KiB",
                own.helpersKib() / (double) atOnce,
                peers.helpersKib() / (double) atOnce,
                "");
        report.row(
                "the same with the kernel's share (stack, page tables, task)",
                "KiB",
                own.helpersWithKernelKib() / (double) atOnce,
                peers.helpersWithKernelKib() / (double) atOnce,
                "<= 50 KiB");
        report.note("  our daemon itself grew by "
                + String.format(Locale.ROOT, "%.1f", (own.daemonKib() - before.daemonKib()) / (double) atOnce)
                + " KiB a container (PSS); " + own + "; dockerd: " + peers);
        removeAll(berth, ours.ids());
        removeAll(dockerd, theirs.ids());
    }

    private record Started(List<String> ids, long nanos) {}

    private static Started startAll(Peer peer, List<String> ids) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch connected = new CountDownLatch(ids.size());
            List<Future<String>> starts = new ArrayList<>();
            for (String id : ids) {
                Callable<String> start = () -> {
                    try (Api api = peer.connect()) {
                        connected.countDown();
                        go.await();
                        return api.post("/containers/" + id + "/start", "");
                    }
                };
                starts.add(clients.submit(start));
            }
            connected.await();
            long begin = System.nanoTime();
            go.countDown();
            for (Future<String> start : starts) {
                start.get();
            }
            return new Started(ids, System.nanoTime() - begin);
        }
    }

    private static void removeAll(Peer peer, List<String> ids) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            List<Future<String>> removals = new ArrayList<>();
            for (String id : ids) {
                removals.add(clients.submit(() -> {
                    try (Api api = peer.connect()) {
                        return api.delete("/containers/" + id + "?force=1");
                    }
                }));
            }
            for (Future<String> removal : removals) {
                removal.get();
            }
        }
    }

    /** Containers that were made and not started: to start a thousand takes dockerd five minutes. */
    private void list(Peer berth, Peer dockerd) throws Exception {
        List<String> ours = create(berth, many);
        List<String> theirs = create(dockerd, many);
        report.row(
                "list of " + many + " over the API, p50",
                "ms",
                listOf(berth).percentileMillis(50),
                listOf(dockerd).percentileMillis(50),
                "<= 1/5");
        report.row(
                "docker ps -a of " + many + ", whole process, p50",
                "ms",
                psOf(berth).percentileMillis(50),
                psOf(dockerd).percentileMillis(50),
                "<= 1/5");
        removeAll(berth, ours);
        removeAll(dockerd, theirs);
    }

    private static Samples listOf(Peer peer) throws Exception {
        try (Api api = peer.connect()) {
            return Samples.of(LISTS, LISTS, () -> {
                long begin = System.nanoTime();
                api.get("/containers/json?all=1");
                return System.nanoTime() - begin;
            });
        }
    }

    private static Samples psOf(Peer peer) throws Exception {
        return Samples.of(2, LISTS / 2, () -> {
            long begin = System.nanoTime();
            Program.docker(peer, "ps", "-a");
            return System.nanoTime() - begin;
        });
    }

    /**
     * The official command line copies one large file into a running container, and out of it: into memory, or what is
     * measured is how the host's disk keeps up with the file before.
     */
    private void copy(Peer berth, Peer dockerd) throws Exception {
        Path copy = Files.createTempFile(Path.of("/dev/shm"), "berth-bench", "");
        try {
            copy(berth, dockerd, copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private void copy(Peer berth, Peer dockerd, Path copy) throws Exception {
        Path file = work.resolve("to-copy");
        Program.run("dd", "if=/dev/urandom", "of=" + file, "bs=1M", "count=" + copiedMib, "status=none");
        Map<String, List<Long>> in = new LinkedHashMap<>();
        Map<String, List<Long>> out = new LinkedHashMap<>();
        for (int round = 0; round < 3; round++) {
            for (Peer peer : List.of(berth, dockerd)) {
                String id = create(peer, 1).getFirst();
                try (Api api = peer.connect()) {
                    api.post("/containers/" + id + "/start", "");
                }
                in.computeIfAbsent(peer.name(), name -> new ArrayList<>())
                        .add(timed(peer, file.toString(), id + ":/root/large"));
                out.computeIfAbsent(peer.name(), name -> new ArrayList<>())
                        .add(timed(peer, id + ":/root/large", copy.toString()));
                if (Files.mismatch(file, copy) >= 0) {
                    throw new IOException(peer.name() + ": what was copied out is not what was copied in");
                }
                Files.delete(copy);
                removeAll(peer, List.of(id));
            }
        }
        copied("docker cp of " + copiedMib + " MiB into a container, p50", in);
        copied("docker cp of " + copiedMib + " MiB out of a container, p50", out);
        Files.delete(file);
    }

    private static long timed(Peer peer, String from, String to) throws Exception {
        Program.run("sync"); // what was written before is not this one's to wait for
        long begin = System.nanoTime();
        Program.docker(peer, "cp", from, to);
        return System.nanoTime() - begin;
    }

    private void copied(String what, Map<String, List<Long>> times) {
        report.row(
                what,
                "ms",
                Samples.of(times.getOrDefault("berth", List.of())).percentileMillis(50),
                Samples.of(times.getOrDefault("dockerd", List.of())).percentileMillis(50),
                "<= 1/1.5");
    }

    /** A thousand containers from their creation to their removal, each step timed for each, one after the other. */
    private void lives(Peer berth) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            live(berth, 1, new LinkedHashMap<>());
        }
        Footprint before = Footprint.of(berth);
        Map<String, List<Long>> times = new LinkedHashMap<>();
        List<String> ids = live(berth, many, times);
        Footprint after = Footprint.of(berth);
        report.note(
                "the lives of " + many + " containers, one after the other; median of the first tenth, of the last:");
        times.forEach((step, nanos) -> report.note(String.format(
                Locale.ROOT,
                "  %-10s %8.2f ms %8.2f ms",
                step,
                tenth(nanos, 0).percentileMillis(50),
                tenth(nanos, 9).percentileMillis(50))));
        report.note("  our daemon before: " + before + "; after " + ids.size() + " are gone: " + after);
        Path plot = (quick ? work : Files.createDirectories(project.resolve("docs"))).resolve("scale.svg");
        Path fresh = work.resolve("scale.svg.new");
        Files.writeString(
                fresh,
                new Plot("The lives of " + many + " containers: how long each step took for each of them (ms)", times)
                        .svg());
        Files.move(fresh, plot, StandardCopyOption.REPLACE_EXISTING);
        report.note("  the plot: " + plot);
    }

    private static Samples tenth(List<Long> nanos, int which) {
        return Samples.of(nanos.subList(nanos.size() * which / 10, nanos.size() * (which + 1) / 10));
    }

    private static List<String> live(Peer peer, int count, Map<String, List<Long>> times) throws Exception {
        List<String> ids = new ArrayList<>();
        try (Api api = peer.connect()) {
            for (int i = 0; i < count; i++) {
                ids.add(timed(times, "create", () -> create(api, "[\"sleep\",\"86400\"]")));
                String id = ids.getLast();
                timed(times, "start", () -> api.post("/containers/" + id + "/start", ""));
                timed(times, "inspect", () -> api.get("/containers/" + id + "/json"));
            }
            for (int i = 0; i < count; i++) {
                timed(times, "list", () -> api.get("/containers/json"));
            }
            for (String id : ids) {
                timed(times, "stop", () -> api.post("/containers/" + id + "/stop?t=0", ""));
            }
            for (String id : ids) {
                timed(times, "remove", () -> api.delete("/containers/" + id));
            }
        }
        return ids;
    }

    private static String timed(Map<String, List<Long>> times, String step, Callable<String> call) throws Exception {
        long begin = System.nanoTime();
        String answer = call.call();
        times.computeIfAbsent(step, name -> new ArrayList<>()).add(System.nanoTime() - begin);
        return answer;
    }
}
