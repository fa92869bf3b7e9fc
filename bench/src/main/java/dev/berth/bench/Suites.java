package dev.berth.bench;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures a suite with Testcontainers in a JVM of its own ({@link ShortLived}): with Berth beside it, and with dockerd, which
 * runs already and whose suite is without Ryuk; and with a daemon of Berth's that runs already, too, to tell what of the first
 * container's time is the start of an engine. Each is in a network namespace of its own. Arguments: the project's directory, an
 * empty work directory, a tar of a small root file system, and how many rounds.
 */
public final class Suites {
    private static final int CONTAINERS = 20;

    private final Path project;
    private final Path work;
    private final Path tree;
    private final int rounds;
    private final Report report = new Report();

    private Suites(String[] args) {
        project = Path.of(args[0]);
        work = Path.of(args[1]);
        tree = Path.of(args[2]);
        rounds = Integer.parseInt(args[3]);
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("run this by bench/run testcontainers");
        }
        new Suites(args).run();
    }

    /**
     * A suite's times in milliseconds.
     *
     * @param whole from the start of its JVM to the end
     * @param ready from there until the first container is ready
     * @param first what the start of that took
     */
    private record Times(double whole, double ready, double first) {}

    /** One engine's suites: what their JVM is started under, what it has in its environment, and what they took. */
    private record Side(List<String> launcher, Map<String, String> environment, List<Times> times) {}

    private void run() throws Exception {
        Path cache = work.resolve("cache");
        try (Berth berth = Berth.start(BerthOptions.DEFAULT.withCache(cache));
                InputStream tar = Files.newInputStream(tree)) {
            berth.images().importTree(tar, Pair.IMAGE);
        }
        report.head();
        try (Peer dockerd = Peer.dockerdApart(work.resolve("dockerd"));
                Peer daemon = Peer.berthApart(project, work.resolve("berth"))) {
            for (Peer peer : List.of(dockerd, daemon)) {
                Program.docker(peer, "import", tree.toString(), Pair.IMAGE);
            }
            Side ours = new Side(
                    Peer.APART,
                    Map.of("BERTH_CACHE", cache.toString(), "BERTH_TESTCONTAINERS", "always"),
                    new ArrayList<>());
            Side theirs = with(dockerd);
            Side running = with(daemon);
            for (int round = 0; round < rounds; round++) {
                List<Side> sides = List.of(ours, theirs, running);
                for (Side side : round % 2 == 0 ? sides : sides.reversed()) {
                    side.times().add(suite(side));
                }
            }
            rows(ours.times(), theirs.times());
            rounds(running.times(), theirs.times(), Times::first)
                    .row(report, "Testcontainers: the same, of an engine that runs", "ms", "");
        }
    }

    private static Side with(Peer peer) {
        return new Side(
                List.of("nsenter", "--net=/proc/" + peer.pid() + "/ns/net"),
                Map.of("DOCKER_HOST", "unix://" + peer.socket(), "TESTCONTAINERS_RYUK_DISABLED", "true"),
                new ArrayList<>());
    }

    private void rows(List<Times> ours, List<Times> theirs) {
        rounds(ours, theirs, Times::whole)
                .row(report, "Testcontainers, " + CONTAINERS + " short-lived containers: the JVM", "ms", "<= 1/2");
        rounds(ours, theirs, Times::ready)
                .row(report, "Testcontainers: the JVM's start until a container is ready", "ms", "less");
        rounds(ours, theirs, Times::first)
                .row(report, "Testcontainers: the start of the first container", "ms", "<= 1/5");
    }

    private static Rounds rounds(List<Times> ours, List<Times> theirs, ToDoubleFunction<Times> what) {
        return new Rounds(
                ours.stream().mapToDouble(what).boxed().toList(),
                theirs.stream().mapToDouble(what).boxed().toList());
    }

    private Times suite(Side side) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(side.launcher());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.home=" + work,
                "-cp",
                System.getProperty("java.class.path"),
                ShortLived.class.getName(),
                Pair.IMAGE,
                Integer.toString(CONTAINERS)));
        Path errors = work.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(DOCKER|TESTCONTAINERS|BERTH)_.*"));
        builder.environment().putAll(side.environment());
        // Where this is a container itself, it would else ask an image from Docker Hub for the address.
        builder.environment().put("TESTCONTAINERS_HOST_OVERRIDE", "localhost");
        long begin = System.nanoTime();
        Process jvm = builder.start();
        try (BufferedReader output = jvm.inputReader()) {
            String line = output.readLine();
            double ready = millisSince(begin);
            int code = jvm.waitFor();
            double whole = millisSince(begin);
            if (code != 0 || line == null) {
                throw new IOException("the suite failed: " + Files.readString(errors));
            }
            return new Times(whole, ready, Double.parseDouble(line.replace("ready ", "")));
        }
    }

    private static double millisSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
