package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the budgets of ARCHITECTURE.md. Arguments: the project's directory, an empty work directory, a tar of a
 * small root file system, the reference of a large image in a registry on loopback, and how often to measure.
 */
public final class Main {
    private static final int PULLS = 5;
    private static final String IMAGE = "bench:small";
    private static final String ALONE = "\"HostConfig\":{\"NetworkMode\":\"none\"}";
    private static final String PUBLISHED =
            "\"ExposedPorts\":{\"80/tcp\":{}},\"HostConfig\":{\"NetworkMode\":\"bridge\","
                    + "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}]}}";

    private final Path project;
    private final Path work;
    private final Path smallTree;
    private final String largeImage;
    private final int runs;
    private final Report report = new Report();

    private Main(String[] args) {
        project = Path.of(args[0]);
        work = Path.of(args[1]);
        smallTree = Path.of(args[2]);
        largeImage = args[3];
        runs = Integer.parseInt(args[4]);
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            throw new IllegalArgumentException("run this by bench/run");
        }
        new Main(args).run();
    }

    private void run() throws Exception {
        report.head();
        try (Peer berth = Peer.berth(project, work.resolve("berth"));
                Peer dockerd = Peer.dockerd(work.resolve("dockerd"))) {
            importImage(berth, dockerd);
            coldStart(berth, dockerd);
            idleMemory(berth, dockerd);
            lifecycle(berth, dockerd);
            exec(berth, dockerd);
            new LogThroughput(IMAGE).measure(berth, dockerd, report);
            list(berth, dockerd);
        }
        published();
        pull();
    }

    private void importImage(Peer... peers) throws Exception {
        for (Peer peer : peers) {
            Program.docker(peer, "import", "--change", "CMD [\"true\"]", smallTree.toString(), IMAGE);
        }
    }

    private void coldStart(Peer berth, Peer dockerd) throws Exception {
        Samples ours = Samples.of(1, 7, berth::restartNanos);
        Samples theirs = Samples.of(1, 3, dockerd::restartNanos);
        report.row(
                "daemon, cold start to first answer, p50",
                "ms",
                ours.percentileMillis(50),
                theirs.percentileMillis(50),
                "<= 250 ms");
    }

    private void idleMemory(Peer berth, Peer dockerd) throws Exception {
        Thread.sleep(5_000);
        report.row(
                "idle resident memory, daemon and its helpers",
                "MiB",
                berth.residentKib() / 1024.0,
                dockerd.residentKib() / 1024.0,
                "<= dockerd + containerd");
    }

    private void lifecycle(Peer berth, Peer dockerd) throws Exception {
        Samples ours = lifecycleOf(berth, ALONE, 200, runs);
        Samples theirs = lifecycleOf(dockerd, ALONE, 5, Math.max(20, runs / 10));
        for (int percent : new int[] {50, 95}) {
            report.row(
                    "create+start+wait+remove, --network none, p" + percent,
                    "ms",
                    ours.percentileMillis(percent),
                    theirs.percentileMillis(percent),
                    percent == 50 ? "<= 1/50, <= 5 ms" : "<= 1/50");
        }
    }

    /** The same with a bridge and a port of the host's; each engine in a network namespace of its own. */
    private void published() throws Exception {
        try (Peer berth = Peer.berthApart(project, work.resolve("berth-apart"));
                Peer dockerd = Peer.dockerdApart(work.resolve("dockerd-apart"))) {
            importImage(berth, dockerd);
            Samples ours = lifecycleOf(berth, PUBLISHED, 200, runs);
            Samples theirs = lifecycleOf(dockerd, PUBLISHED, 5, Math.max(20, runs / 10));
            report.row(
                    "create+start+wait+remove, bridge and published port, p50",
                    "ms",
                    ours.percentileMillis(50),
                    theirs.percentileMillis(50),
                    "<= 1/10");
        }
    }

    private Samples lifecycleOf(Peer peer, String config, int warmUp, int times) throws Exception {
        try (Api api = peer.connect()) {
            return Samples.of(warmUp, times, () -> {
                long begin = System.nanoTime();
                String id = Api.field(
                        api.post(
                                "/containers/create",
                                "{\"Image\":\"" + IMAGE + "\",\"Cmd\":[\"true\"]," + config + "}"),
                        "Id");
                api.post("/containers/" + id + "/start", "");
                String end = api.post("/containers/" + id + "/wait", "");
                api.delete("/containers/" + id);
                long took = System.nanoTime() - begin;
                if (!end.replace(" ", "").contains("\"StatusCode\":0")) {
                    throw new IOException(peer.name() + ": the container did not exit with 0: " + end);
                }
                return took;
            });
        }
    }

    private void exec(Peer berth, Peer dockerd) throws Exception {
        Samples ours = execOf(berth, 100, runs);
        Samples theirs = execOf(dockerd, 5, Math.max(20, runs / 10));
        report.row(
                "exec true in a running container, p50",
                "ms",
                ours.percentileMillis(50),
                theirs.percentileMillis(50),
                "");
    }

    private Samples execOf(Peer peer, int warmUp, int times) throws Exception {
        try (Api api = peer.connect()) {
            String id = Api.field(
                    api.post(
                            "/containers/create",
                            "{\"Image\":\"" + IMAGE
                                    + "\",\"Cmd\":[\"sleep\",\"3600\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}"),
                    "Id");
            api.post("/containers/" + id + "/start", "");
            try {
                return Samples.of(warmUp, times, () -> {
                    long begin = System.nanoTime();
                    String exec = Api.field(
                            api.post(
                                    "/containers/" + id + "/exec",
                                    "{\"Cmd\":[\"true\"],\"AttachStdout\":true,\"AttachStderr\":true}"),
                            "Id");
                    try (Api stream = peer.connect()) { // the stream takes over its connection
                        stream.post("/exec/" + exec + "/start", "{\"Detach\":false,\"Tty\":false}");
                    }
                    return System.nanoTime() - begin;
                });
            } finally {
                api.delete("/containers/" + id + "?force=1");
            }
        }
    }

    /**
     * Each pull goes into an engine of its own that has just started, in turns, and nothing is deleted in between: file
     * systems are slow to take up what was just given up, and the second would pay for the first.
     */
    private void pull() throws Exception {
        List<Long> ours = new ArrayList<>();
        List<Long> theirs = new ArrayList<>();
        for (int i = 0; i < PULLS; i++) {
            try (Peer berth = Peer.berth(project, work.resolve("berth-pull-" + i))) {
                ours.add(pullInto(berth));
            }
            try (Peer dockerd = Peer.dockerd(work.resolve("dockerd-pull-" + i))) {
                theirs.add(pullInto(dockerd));
            }
        }
        report.row(
                "first pull and unpack of " + largeImage,
                "ms",
                Samples.of(ours).percentileMillis(50),
                Samples.of(theirs).percentileMillis(50),
                "<= 1/2");
    }

    private long pullInto(Peer peer) throws Exception {
        Program.run("sync"); // what was written before is not this one's to wait for
        try (Api api = peer.connect()) {
            int colon = largeImage.lastIndexOf(':');
            long begin = System.nanoTime();
            String progress = api.post(
                    "/images/create?fromImage=" + largeImage.substring(0, colon) + "&tag="
                            + largeImage.substring(colon + 1),
                    "");
            long took = System.nanoTime() - begin;
            if (!progress.contains("Downloaded newer image")) {
                throw new IOException(peer.name() + ": not pulled: " + progress);
            }
            return took;
        }
    }

    /** Whole processes, by hyperfine where it is. */
    private void list(Peer berth, Peer dockerd) throws Exception {
        double ours = hyperfine(project.resolve("berth") + " --host unix://" + berth.socket() + " ps");
        double theirs = hyperfine("docker --host unix://" + dockerd.socket() + " ps");
        report.row("berth ps beside docker ps, whole process, mean", "ms", ours, theirs, "<= 80 ms");
    }

    private static double hyperfine(String command) throws Exception {
        String json = Program.run(
                "hyperfine",
                "--shell=none",
                "--warmup",
                "5",
                "--runs",
                "40",
                "--export-json",
                "/dev/stdout",
                "--style",
                "none",
                command);
        Matcher mean = Pattern.compile("\"mean\":\\s*([0-9.e-]+)").matcher(json);
        if (!mean.find()) {
            throw new IOException("hyperfine gave no mean: " + json);
        }
        return Double.parseDouble(mean.group(1)) * 1000;
    }
}
