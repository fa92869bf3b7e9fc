package dev.berth.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Measures builds: the official command line's classic builder with both engines, and our own command line with ours. Arguments: the project's directory, an empty work
 * directory, a tar of a small root file system, and {@code quick} or {@code whole}.
 */
public final class Builds {
    private static final String IMAGE = Pair.IMAGE;
    private static final int STEPS = 12;
    private static final List<String> DOCKER = List.of("docker", "--host");

    private final Path project;
    private final Path work;
    private final Path smallTree;
    private final int files;
    private final int largeMib;
    private final Report report = new Report();

    private Builds(String[] args) {
        project = Path.of(args[0]);
        work = Path.of(args[1]);
        smallTree = Path.of(args[2]);
        boolean quick = args[3].equals("quick");
        files = quick ? 2_000 : 50_000;
        largeMib = quick ? 64 : 1024;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("run this by bench/run build");
        }
        new Builds(args).run();
    }

    private void run() throws Exception {
        report.head();
        try (Pair pair = Pair.start(project, work, smallTree)) {
            Path steps = steps();
            String unchanged = "build of " + STEPS + " steps, nothing changed";
            rows(pair, unchanged, 10, "<= 1/10, <= 100 ms", steps);
            floor(pair, unchanged, 10, steps);
            rows(pair, "build of " + STEPS + " steps, clean", 3, "<= 1/2", steps, "--no-cache");
            rows(pair, files + " small files, clean", 3, "<= 1/3", manyFiles(), "--no-cache");
            Path large = large();
            String changed = "one file changed at the end of " + largeMib + " MiB";
            rows(pair, changed, 3, "<= 1/5", large);
            floor(pair, changed, 3, large);
        }
    }

    /** The official command line with an engine that takes no time: no engine's ratio to dockerd can be better with it. */
    private void floor(Pair pair, String what, int times, Path context) throws Exception {
        Path socket = work.resolve("replay-" + context.getFileName());
        try (Replay replay = new Replay(socket, pair.dockerd().socket())) {
            double theirs = measure(DOCKER, pair.dockerd().socket(), times, context);
            double floor = measure(DOCKER, replay.socket(), times, context);
            report.row("docker build alone, " + what, "ms", floor, theirs, "the most there is");
        }
    }

    /** The official command line with both engines, and ours with our own. */
    private void rows(Pair pair, String what, int times, String goal, Path context, String... options)
            throws Exception {
        List<String> own = List.of(project.resolve("berth").toString(), "--host");
        double theirs = measure(DOCKER, pair.dockerd().socket(), times, context, options);
        report.row(
                "docker build, " + what,
                "ms",
                measure(DOCKER, pair.berth().socket(), times, context, options),
                theirs,
                goal);
        report.row(
                "berth build, " + what,
                "ms",
                measure(own, pair.berth().socket(), times, context, options),
                theirs,
                goal);
    }

    /** The median in milliseconds. Each time changes the file {@code changed}, where there is one. */
    private static double measure(List<String> client, Path socket, int times, Path context, String... options)
            throws Exception {
        List<String> command = new ArrayList<>(client);
        command.add("unix://" + socket);
        command.addAll(List.of("build", "--network=none", "--tag=bench:built"));
        command.addAll(List.of(options));
        command.add(context.toString());
        Path changed = context.resolve("z/changed");
        return Samples.of(1, times, () -> {
                    if (Files.exists(changed)) {
                        Files.writeString(changed, Long.toString(System.nanoTime()));
                    }
                    long begin = System.nanoTime();
                    Program.run(command.toArray(String[]::new));
                    return System.nanoTime() - begin;
                })
                .percentileMillis(50);
    }

    private Path steps() throws IOException {
        Path context = Files.createDirectories(work.resolve("steps"));
        StringBuilder dockerfile = new StringBuilder("FROM " + IMAGE + "\n");
        for (int i = 0; i < STEPS - 2; i++) {
            dockerfile.append("RUN echo ").append(i).append(" >/file").append(i).append('\n');
        }
        Files.writeString(context.resolve("Dockerfile"), dockerfile + "COPY Dockerfile /\n");
        return context;
    }

    private Path manyFiles() throws IOException {
        Path context = Files.createDirectories(work.resolve("many"));
        for (int i = 0; i < files; i++) {
            Path file = context.resolve("d" + i % 100).resolve("file-" + i);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "content of " + i + "\n");
        }
        Files.writeString(context.resolve("Dockerfile"), "FROM " + IMAGE + "\nCOPY . /many/\n");
        return context;
    }

    private Path large() throws IOException {
        Path context = work.resolve("large");
        Files.createDirectories(context.resolve("z"));
        Random random = new Random(1);
        byte[] block = new byte[1 << 20];
        for (int i = 0; i < largeMib / 16; i++) {
            try (RandomAccessFile out =
                    new RandomAccessFile(context.resolve("large-" + i).toFile(), "rw")) {
                for (int mib = 0; mib < 16; mib++) {
                    random.nextBytes(block);
                    out.write(block);
                }
            }
        }
        Files.writeString(context.resolve("z/changed"), "");
        Files.writeString(
                context.resolve("Dockerfile"), "FROM " + IMAGE + "\nCOPY large-* /large/\nCOPY z /z/\nRUN true\n");
        return context;
    }
}
