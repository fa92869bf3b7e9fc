package dev.berth.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** A run: so many clients, so long, from one seed. */
final class Soak {
    private static final Duration STUCK = Duration.ofSeconds(90);
    private static final Duration CHECKPOINT = Duration.ofSeconds(60);
    private static final int SETTLE_TRIES = 50;

    private final Daemon daemon;
    private final byte[] tree;
    private final long seed;
    private final int clients;
    private final Duration length;
    private final PrintStream out;

    private final AtomicLong requests = new AtomicLong();
    private final Map<String, LongAdder> done = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Set<String> everSeen = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    /** @param tree the tar of a root file system with a shell */
    Soak(Daemon daemon, byte[] tree, long seed, int clients, Duration length, PrintStream out) {
        this.daemon = daemon;
        this.tree = tree;
        this.seed = seed;
        this.clients = clients;
        this.length = length;
        this.out = out;
    }

    private record Operation(String name, int weight, Action action) {}

    private interface Action {
        void run() throws IOException;
    }

    /** Runs, and gives what went wrong. */
    List<String> run() throws IOException, InterruptedException {
        out.println("soak: seed " + seed + ", " + clients + " clients, " + length.toSeconds() + " s");
        try (EventWatch watch = EventWatch.start(daemon.socket());
                Session own = new Session(daemon.socket(), seed, requests)) {
            Picture base = importBase(own);
            SharedContainers shared = new SharedContainers(watch);
            warmUp(watch, base, shared);
            Footprint before = settled(Set.of());
            out.println("soak: before: " + before);
            work(watch, base, shared, seed, clients, length);
            if (failures.isEmpty()) {
                shared.settle(own);
                everSeen.addAll(watch.ids());
                Footprint after = settled(before.things());
                out.println("soak: after: " + after);
                failures.addAll(after.beyond(before));
            }
        }
        summary();
        return List.copyOf(failures);
    }

    private Picture importBase(Session session) throws IOException {
        Session.require(
                200,
                "the import",
                session.call("POST", "/images/create?fromSrc=-&repo=soak&tag=base", "application/x-tar", tree));
        return Picture.base(
                session.get("/images/" + Picture.BASE + "/json").tree().at("Id").text());
    }

    /** Everything once or twice, so that what is loaded and kept for good is there before it is counted. */
    private void warmUp(EventWatch watch, Picture base, SharedContainers shared)
            throws IOException, InterruptedException {
        work(watch, base, shared, seed + 1, 4, Duration.ofSeconds(Math.min(20, Math.max(4, length.toSeconds() / 5))));
        try (Session own = new Session(daemon.socket(), seed, requests)) {
            shared.settle(own);
        }
        done.clear();
    }

    /** What the daemon does in the background after its answer is given a moment. */
    private Footprint settled(Set<String> known) throws IOException, InterruptedException {
        Footprint now = Footprint.of(daemon, everSeen);
        for (int i = 0; i < SETTLE_TRIES && !(known.isEmpty() ? i > 5 : known.containsAll(now.things())); i++) {
            Thread.sleep(200);
            now = Footprint.of(daemon, everSeen);
        }
        return now;
    }

    private void work(
            EventWatch watch, Picture base, SharedContainers shared, long firstSeed, int count, Duration howLong)
            throws IOException, InterruptedException {
        over = false;
        long end = System.nanoTime() + howLong.toNanos();
        Random seeds = new Random(firstSeed);
        List<Tenant> tenants = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Tenant tenant = new Tenant(i, daemon.socket(), seeds.nextLong(), requests, watch, base);
            tenants.add(tenant);
            threads.add(Thread.ofPlatform().name("soak-client-" + i).start(() -> live(tenant, shared)));
        }
        long checkpoint = System.nanoTime() + CHECKPOINT.toNanos();
        while (threads.stream().anyMatch(Thread::isAlive)) {
            Thread.sleep(50);
            over |= System.nanoTime() > end || !failures.isEmpty();
            if (System.nanoTime() > checkpoint) {
                checkpoint();
                checkpoint += CHECKPOINT.toNanos();
            }
            for (Tenant tenant : tenants) {
                Optional<String> stuck = tenant.session.stuck(STUCK);
                if (stuck.isPresent()) {
                    daemon.dumpThreads();
                    failures.add("client " + tenant.number + " waits since " + STUCK.toSeconds() + " s for "
                            + stuck.get() + history(tenant));
                    threads.forEach(Thread::interrupt);
                }
            }
            if (!daemon.isAlive()) {
                failures.add("the daemon has ended: " + daemon.log());
                threads.forEach(Thread::interrupt);
            }
        }
        for (Tenant tenant : tenants) {
            tenant.close();
        }
    }

    private void checkpoint() throws IOException {
        out.println(
                "soak: " + requests + " requests, " + Footprint.residentBytes(daemon.pid()) / 1024 + " KiB resident");
    }

    private void live(Tenant tenant, SharedContainers shared) {
        ContainerOperations containers = new ContainerOperations(tenant);
        FileOperations files = new FileOperations(tenant);
        List<Operation> operations = operations(tenant, containers, files, shared);
        int sum = operations.stream().mapToInt(Operation::weight).sum();
        try {
            while (!over) {
                int dice = tenant.session.random.nextInt(sum);
                for (Operation operation : operations) {
                    dice -= operation.weight();
                    if (dice < 0) {
                        operation.action().run();
                        done.computeIfAbsent(operation.name(), name -> new LongAdder())
                                .increment();
                        break;
                    }
                }
            }
            if (!failures.isEmpty()) {
                return; // what is left may help to understand
            }
            for (Subject subject : List.copyOf(tenant.subjects)) {
                everSeen.add(subject.id);
                containers.remove(subject, true);
            }
            files.removeAll();
        } catch (IOException | RuntimeException e) {
            if (failures.isEmpty()) {
                failures.add("client " + tenant.number + ": " + e.getMessage()
                        + (e instanceof Divergence ? "" : " (" + e + ")") + history(tenant));
            }
        }
    }

    private static String history(Tenant tenant) {
        return "\n history of the container: " + tenant.session.subjectHistory() + "\n the client's last requests:\n  "
                + tenant.session.history();
    }

    private static List<Operation> operations(
            Tenant tenant, ContainerOperations containers, FileOperations files, SharedContainers shared) {
        ProcessOperations processes = new ProcessOperations(tenant);
        return List.of(
                new Operation("create", 14, containers::create),
                new Operation("start", 12, containers::start),
                new Operation("stop", 4, containers::stop),
                new Operation("kill", 3, containers::kill),
                new Operation("kill -s HUP", 4, containers::hangUp),
                new Operation("pause", 4, containers::pause),
                new Operation("unpause", 5, containers::unpause),
                new Operation("rename", 3, containers::rename),
                new Operation("restart", 3, containers::restart),
                new Operation("update", 2, containers::update),
                new Operation("inspect", 6, containers::inspect),
                new Operation("list", 4, containers::list),
                new Operation("wait", 3, containers::await),
                new Operation("rm", 6, containers::remove),
                new Operation("prune", 1, containers::prune),
                new Operation("exec", 7, processes::exec),
                new Operation("attach", 4, processes::attach),
                new Operation("attach to cat", 3, processes::converse),
                new Operation("logs", 4, processes::logs),
                new Operation("top, stats", 2, processes::look),
                new Operation("run --rm", 3, processes::autoRemove),
                new Operation("run --restart", 1, processes::restarted),
                new Operation("cp in", 4, files::copyIn),
                new Operation("cp out", 4, files::copyOut),
                new Operation("diff", 2, files::changes),
                new Operation("commit", 2, files::commit),
                new Operation("tag", 2, files::tag),
                new Operation("rmi", 3, files::untag),
                new Operation("images", 2, files::images),
                new Operation("info", 1, files::surroundings),
                new Operation("shared names", 8, () -> shared.fight(tenant)));
    }

    private void summary() {
        Map<String, Long> counts = new TreeMap<>();
        done.forEach((name, count) -> counts.put(name, count.sum()));
        out.println(
                "soak: " + counts.values().stream().mapToLong(Long::longValue).sum() + " operations, " + requests
                        + " requests: " + counts);
        out.println(
                failures.isEmpty()
                        ? "soak: no divergence, nothing left behind (seed " + seed + ")"
                        : "soak: FAILED (seed " + seed + "):\n" + String.join("\n", failures));
    }
}
