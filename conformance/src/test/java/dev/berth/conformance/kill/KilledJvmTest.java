package dev.berth.conformance.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Main;
import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.embedded.Container;
import dev.berth.embedded.ContainerSpec;
import dev.berth.engine.Engine;
import dev.berth.image.ImageOptions;
import dev.berth.image.check.Finding;
import dev.berth.image.files.FileTree;
import dev.berth.image.shared.SharedCache;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.HostTraces;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * JVMs that have an engine in themselves are killed at random instants, one or two of them over one cache, from their very
 * start on. The next engine leaves no process, mount, control group, interface, rule, snapshot or file of theirs. A few
 * times in the usual run; {@code conformance/kill} does it as often as one wishes.
 */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_REGISTRY, Need.NFTABLES})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledJvmTest {
    private static final int KILLS = Integer.getInteger("kill.kills", 3);
    private static final long SEED = Long.getLong("kill.seed", System.nanoTime());

    /** A JVM needs about a second until its containers are at work. */
    private static final int MOST_MILLIS = 4000;

    /** The kernel removes some things a moment after their last user is gone. */
    private static final int PATIENCE_MILLIS = 3000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String MARK = "KILLED-" + SEED;

    private final Random random = new Random(SEED);
    private Path home;
    private Path box;
    private RegistryProcess registry;

    @BeforeAll
    void makeTheImages(@TempDir Path directory) throws Exception {
        home = directory;
        box = home.resolve("box.tar");
        registry = RegistryProcess.start(home.resolve("registry"));
        Path tree = home.resolve("tree.tar");
        try (FileTree files = FileTree.at(BusyboxTree.make(home.resolve("tree")));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(tree))) {
            files.pack("/.", out);
        }
        try (Berth berth = Berth.start(BerthOptions.DEFAULT.withDirectory(home.resolve("first")));
                InputStream in = Files.newInputStream(tree)) {
            berth.images().importTree(in, "box");
            berth.images().save(box, "box");
            berth.images().importTree(noise(), remote());
            berth.images().push(remote());
        }
    }

    @AfterAll
    void stopTheRegistry() throws InterruptedException {
        registry.close();
    }

    private String remote() {
        return registry.domain() + "/noise:1";
    }

    /** Some megabytes, so that a pull takes a moment. */
    private InputStream noise() throws IOException {
        Path tree = Files.createDirectories(home.resolve("noise"));
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[200_000];
            random.nextBytes(bytes);
            Files.write(tree.resolve("file-" + i), bytes);
        }
        Path tar = home.resolve("noise.tar");
        try (FileTree files = FileTree.at(tree);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            files.pack("/.", out);
        }
        return Files.newInputStream(tar);
    }

    private BerthOptions options() {
        return BerthOptions.DEFAULT.withCache(home.resolve("cache"));
    }

    @Test
    void theNextEngineLeavesNothingOfJvmsThatWereKilled() throws Exception {
        System.out.println("kill: seed " + SEED + ", " + KILLS + " kills");
        Set<String> empty = files(afterUse());
        HostTraces before = HostTraces.now();
        Set<String> alsoBefore = rulesAndProcesses();
        for (int kill = 1; kill <= KILLS; ) {
            List<Process> victims = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(3) / 2; i++) {
                victims.add(start(i));
            }
            Thread.sleep(random.nextInt(MOST_MILLIS));
            for (Process victim : victims) {
                assertThat(victim.isAlive())
                        .as("the JVM ended before it was killed: " + home.resolve("log"))
                        .isTrue();
                victim.destroyForcibly().waitFor();
                kill++;
            }
            checkTheNextEngine("seed " + SEED + ", kill " + (kill - 1), before, alsoBefore);
        }
        assertThat(files(afterUse())).isEqualTo(empty);
        assertThat(options().cache().resolve("layers")).isEmptyDirectory();
        System.out.println("kill: seed " + SEED + ": nothing was left after " + KILLS + " kills");
    }

    @Test
    void jvmsPullTheSameImageAtOnceAndOneThatIsKilledMeanwhileHindersNone() throws Exception {
        String cache = home.resolve("pulled").toString();
        List<Process> pulling = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pulling.add(jvm(Puller.class, cache, remote()));
        }
        Thread.sleep(random.nextInt(MOST_MILLIS / 2));
        pulling.removeLast().destroyForcibly().waitFor();
        for (Process jvm : pulling) {
            assertThat(jvm.waitFor()).as(home.resolve("log").toString()).isZero();
        }
        try (Berth next = Berth.start(BerthOptions.DEFAULT.withCache(Path.of(cache)))) {
            assertThat(next.containers().list()).isEmpty();
            next.images().pull(remote());
        }
        assertThat(findings(Path.of(cache))).isEmpty();
    }

    private Process start(int number) throws IOException {
        Path own = Files.createDirectories(home.resolve("victim-" + number));
        return jvm(Victim.class, options().cache().toString(), box.toString(), own.toString(), MARK, remote());
    }

    private Process jvm(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                .start();
    }

    private void checkTheNextEngine(String when, HostTraces before, Set<String> alsoBefore) throws Exception {
        try (Berth next = Berth.start(options())) {
            assertThat(next.containers().list()).as(when).isEmpty();
            assertThat(next.networks().list()).as(when).isEmpty();
            assertThat(next.volumes().list()).as(when).isEmpty();
        }
        Set<String> left = left(before, alsoBefore);
        for (int waited = 0; !left.isEmpty() && waited < PATIENCE_MILLIS; waited += 100) {
            Thread.sleep(100);
            left = left(before, alsoBefore);
        }
        assertThat(left).as(when).isEmpty();
        assertThat(home.resolve("tmp")).as(when).isEmptyDirectory();
        for (Path slot : slots(options().cache())) {
            assertThat(slot.resolve("in-use")).as(when).doesNotExist();
            assertThat(slot).as(when).isDirectoryNotContaining("glob:**/exec-*");
        }
        for (Path slot : filled(options().cache())) {
            assertThat(slot.resolve("data/tmp")).as(when).isEmptyDirectory();
            assertThat(slot.resolve("data/content/ingest")).as(when).isDirectoryNotContaining("glob:**/new-*");
        }
        assertThat(options().cache().resolve("locks")).as(when).isEmptyDirectory();
        assertThat(findings(options().cache())).as(when).isEmpty(); // also of layers that no slot holds
    }

    /** What is not as it should be in what the slots of a cache keep. */
    private static List<Finding> findings(Path cache) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Path slot : filled(cache)) {
            Engine.check(slot.resolve("data"), ImageOptions.DEFAULT.in(SharedCache.of(slot)), false, findings::add);
        }
        return findings;
    }

    private static List<Path> slots(Path cache) throws IOException {
        try (Stream<Path> slots = Files.list(cache)) {
            return slots.filter(slot -> String.valueOf(slot.getFileName()).matches("\\d+"))
                    .toList();
        }
    }

    /** Without those whose JVM was killed before it made more than the folder. */
    private static List<Path> filled(Path cache) throws IOException {
        return slots(cache).stream()
                .filter(slot -> Files.isDirectory(slot.resolve("data")))
                .toList();
    }

    private static Set<String> left(HostTraces before, Set<String> alsoBefore)
            throws IOException, InterruptedException {
        Set<String> left = new TreeSet<>(rulesAndProcesses());
        left.removeAll(alsoBefore);
        left.addAll(HostTraces.now().minus(before));
        return left;
    }

    /** The lines of nft's ruleset, the processes that bear the mark, and the monitors of containers. */
    private static Set<String> rulesAndProcesses() throws IOException, InterruptedException {
        Process nft = new ProcessBuilder("nft", "-s", "list", "ruleset").start();
        Set<String> found = new TreeSet<>();
        nft.inputReader().lines().forEach(line -> found.add("rule " + line.strip()));
        assertThat(nft.waitFor()).isZero();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                try {
                    String name = Files.readString(process.resolve("comm")).strip();
                    if (name.equals("berth-monitor") || environment(process).contains("MARK=" + MARK)) {
                        found.add("process " + process.getFileName() + " " + name);
                    }
                } catch (IOException e) {
                    // it has ended
                }
            }
        }
        return found;
    }

    private static List<String> environment(Path process) throws IOException {
        return List.of(new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8).split("\0"));
    }

    /** Runs a container in each of two slots, and removes their images, and all that builds have kept; gives the slots. */
    private List<Path> afterUse() {
        List<Berth> engines = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                Berth engine = Berth.start(options());
                engines.add(engine);
                engine.images().load(box);
                try (Container container = engine.run(ContainerSpec.of("box").command("true"))) {
                    container.awaitExit(PATIENCE);
                }
                removeAll(engine);
            }
            return engines.stream().map(Berth::directory).toList();
        } finally {
            engines.forEach(Berth::close);
        }
    }

    private static void removeAll(Berth engine) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (PrintStream both = new PrintStream(told, true, StandardCharsets.UTF_8)) {
            Main commandLine = new Main(InputStream.nullInputStream(), both, both, Map.of());
            assertThat(commandLine.run(
                            List.of("--host", "unix://" + engine.socket(), "system", "prune", "--all", "--force")))
                    .as(told.toString(StandardCharsets.UTF_8))
                    .isZero();
        }
        assertThat(engine.images().list()).isEmpty();
    }

    /** All that is in the folders, by their names there, but for beginnings of blobs, which a pull goes on with. */
    private static Set<String> files(List<Path> folders) throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> !file.resolveSibling("").endsWith("data/content/ingest"))
                        .forEach(file -> found.add(folder.getFileName() + "/" + folder.relativize(file)));
            }
        }
        return found;
    }
}
