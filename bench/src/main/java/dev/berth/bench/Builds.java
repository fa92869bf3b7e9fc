package dev.berth.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Measures builds by the official command line's classic builder. Arguments: the project's directory, an empty work
 * directory, a tar of a small root file system, and {@code quick} or {@code whole}.
 */
public final class Builds {
    private static final String IMAGE = "bench:small";
    private static final int STEPS = 12;

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
        try (Peer berth = Peer.berth(project, work.resolve("berth"));
                Peer dockerd = Peer.dockerd(work.resolve("dockerd"))) {
            for (Peer peer : List.of(berth, dockerd)) {
                Program.docker(peer, "import", "--change", "CMD [\"true\"]", smallTree.toString(), IMAGE);
            }
            Path steps = steps();
            row("build of " + STEPS + " steps, nothing changed", berth, dockerd, 10, "<= 1/10, <= 100 ms", steps);
            row("build of " + STEPS + " steps, clean", berth, dockerd, 3, "<= 1/2", steps, "--no-cache");
            row("context of " + files + " small files, clean", berth, dockerd, 3, "<= 1/3", manyFiles(), "--no-cache");
            Path large = large();
            row("one file changed at the end of " + largeMib + " MiB", berth, dockerd, 3, "<= 1/5", large);
        }
    }

    private void row(String what, Peer berth, Peer dockerd, int times, String goal, Path context, String... options)
            throws Exception {
        Samples ours = measure(berth, times, context, options);
        Samples theirs = measure(dockerd, times, context, options);
        report.row(what, "ms", ours.percentileMillis(50), theirs.percentileMillis(50), goal);
    }

    /** Each changes the file {@code changed}, where there is one. */
    private static Samples measure(Peer peer, int times, Path context, String... options) throws Exception {
        return Samples.of(1, times, () -> {
            Path changed = context.resolve("z/changed");
            if (Files.exists(changed)) {
                Files.writeString(changed, Long.toString(System.nanoTime()));
            }
            String[] command = new String[options.length + 4];
            command[0] = "build";
            command[1] = "--network=none";
            command[2] = "--tag=bench:built";
            System.arraycopy(options, 0, command, 3, options.length);
            command[command.length - 1] = context.toString();
            long begin = System.nanoTime();
            Program.docker(peer, command);
            return System.nanoTime() - begin;
        });
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
