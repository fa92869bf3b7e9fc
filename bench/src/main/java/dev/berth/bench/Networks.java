package dev.berth.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Measures networks, each engine in a network namespace of its own. Arguments: the project's directory, an empty work
 * directory, a tar of a small root file system, how many rounds, and how many seconds each is.
 */
public final class Networks {
    private static final String IMAGE = "bench:small";
    private static final int CONTAINERS = 50;
    private static final int PARALLEL = 8;
    private static final int ASKING = 8;
    private static final double GIB = 1 << 30;

    private final Path project;
    private final Path work;
    private final Path tree;
    private final int rounds;
    private final String seconds;
    private final Report report = new Report();

    private Networks(String[] args) {
        project = Path.of(args[0]);
        work = Path.of(args[1]);
        tree = Path.of(args[2]);
        rounds = Integer.parseInt(args[3]);
        seconds = args[4];
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            throw new IllegalArgumentException("run this by bench/run networks");
        }
        new Networks(args).run();
    }

    private void run() throws Exception {
        report.head();
        try (Peer berth = Peer.berthApart(project, work.resolve("berth"));
                Peer dockerd = Peer.dockerdApart(work.resolve("dockerd"))) {
            for (Peer peer : List.of(berth, dockerd)) {
                Program.docker(peer, "import", "--change", "CMD [\"sleep\",\"3600\"]", tree.toString(), IMAGE);
                Program.docker(peer, "network", "create", "bench");
            }
            crowd(berth, dockerd);
            try (Service ours = new Service(berth);
                    Service theirs = new Service(dockerd)) {
                traffic(ours, theirs);
            }
            for (Peer peer : List.of(berth, dockerd)) {
                Program.docker(peer, "network", "rm", "bench");
            }
        }
    }

    // many containers

    private void crowd(Peer berth, Peer dockerd) throws Exception {
        Rounds millis = new Rounds();
        upAndDown(berth); // what only a first container costs is the cold start's affair
        upAndDown(dockerd);
        for (int i = 0; i < rounds; i++) {
            millis.berth().add(upAndDown(berth) / 1e6);
            millis.dockerd().add(upAndDown(dockerd) / 1e6);
        }
        millis.row(report, CONTAINERS + " containers up and down on one network", "ms", "<= 1/5");
    }

    private static long upAndDown(Peer peer) throws Exception {
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL)) {
            List<Callable<String>> starts = new ArrayList<>();
            for (int i = 0; i < CONTAINERS; i++) {
                starts.add(() -> up(peer));
            }
            List<Callable<String>> ends = new ArrayList<>();
            for (Future<String> container : threads.invokeAll(starts)) {
                String id = container.get();
                ends.add(() -> down(peer, id));
            }
            for (Future<String> end : threads.invokeAll(ends)) {
                end.get();
            }
        }
        return System.nanoTime() - begin;
    }

    private static String up(Peer peer) throws IOException {
        try (Api api = peer.connect()) {
            String id = Api.field(
                    api.post(
                            "/containers/create",
                            "{\"Image\":\"" + IMAGE + "\",\"HostConfig\":{\"NetworkMode\":\"bench\"}}"),
                    "Id");
            api.post("/containers/" + id + "/start", "");
            return id;
        }
    }

    private static String down(Peer peer, String id) throws IOException {
        try (Api api = peer.connect()) {
            return api.delete("/containers/" + id + "?force=1");
        }
    }

    // traffic

    /** A container that publishes a port, and a server in its network namespace. Closing it removes both. */
    private static final class Service implements AutoCloseable {
        private static final String PORT = "8000";

        private final Peer peer;
        private final String pid;
        private final String published;
        private final String gateway;
        private final Process server;

        Service(Peer peer) throws Exception {
            this.peer = peer;
            Program.docker(
                    peer, "run", "--detach", "--name", "service", "--network", "bench", "--publish", PORT, IMAGE);
            pid = inspect("{{.State.Pid}}");
            published = inspect("{{(index (index .NetworkSettings.Ports \"" + PORT + "/tcp\") 0).HostPort}}");
            gateway = inspect("{{.NetworkSettings.Networks.bench.Gateway}}");
            server = new ProcessBuilder(command(pid, "serve", PORT))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
            if (!"ready".equals(said.readLine())) {
                throw new IOException("the server in the container of " + peer.name() + " did not start");
            }
        }

        private String inspect(String format) throws Exception {
            return Program.docker(peer, "inspect", "--format", format, "service")
                    .strip();
        }

        private static String[] command(String namespaceOf, String... words) {
            List<String> java = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Traffic.class.getName());
            return Stream.of(List.of("nsenter", "--target", namespaceOf, "--net"), java, List.of(words))
                    .flatMap(List::stream)
                    .toArray(String[]::new);
        }

        /** From the host to the published port, by an address of the host's: translated by the kernel. */
        double byTranslation(String kind, String seconds) throws Exception {
            return onHost(kind, gateway, seconds);
        }

        /** The same by loopback, which is not translated. */
        double byProxy(String kind, String seconds) throws Exception {
            return onHost(kind, "127.0.0.1", seconds);
        }

        private double onHost(String kind, String address, String seconds) throws Exception {
            return number(command(Long.toString(peer.pid()), kind, address, published, seconds));
        }

        double names(String seconds) throws Exception {
            return number(command(pid, "names", "127.0.0.11", "service", seconds, Integer.toString(ASKING)));
        }

        private static double number(String[] command) throws Exception {
            return Double.parseDouble(Program.run(command).strip());
        }

        @Override
        public void close() throws Exception {
            server.destroyForcibly().waitFor();
            Program.docker(peer, "rm", "--force", "service");
        }
    }

    /** One figure of one engine. */
    private interface Measurement {
        double of(Service service) throws Exception;
    }

    private void traffic(Service ours, Service theirs) throws Exception {
        compare(
                "published port by translation, one GiB",
                "ms",
                ours,
                theirs,
                "as dockerd",
                service -> 1e3 * GIB / service.byTranslation("sink", seconds));
        compare(
                "published port by translation, there and back",
                "us",
                ours,
                theirs,
                "as dockerd",
                service -> service.byTranslation("ping", seconds) / 1e3);
        compare(
                "published port by proxy, one GiB",
                "ms",
                ours,
                theirs,
                "<= 1/1.5",
                service -> 1e3 * GIB / service.byProxy("sink", seconds));
        compare(
                "published port by proxy, there and back",
                "us",
                ours,
                theirs,
                "",
                service -> service.byProxy("ping", seconds) / 1e3);
        compare(
                "1000 questions for a container's name, " + ASKING + " clients",
                "ms",
                ours,
                theirs,
                "<= 1/2",
                service -> 1e6 / service.names(seconds));
    }

    private void compare(String what, String unit, Service ours, Service theirs, String goal, Measurement measurement)
            throws Exception {
        Rounds figures = new Rounds();
        for (int i = 0; i < rounds; i++) {
            figures.berth().add(measurement.of(ours));
            figures.dockerd().add(measurement.of(theirs));
        }
        figures.row(report, what, unit, goal);
    }
}
