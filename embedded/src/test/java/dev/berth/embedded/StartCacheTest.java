package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartCacheTest {
    private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-Xlog:aot*=off", "-Xlog:cds*=off");
    private static final Instant LONG_AGO = Instant.now().minus(Duration.ofDays(40));

    @TempDir
    private Path directory;

    private Path folder;
    private Path jar;

    /** Some program. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println("run");
        }
    }

    @BeforeEach
    void makeJar() throws IOException {
        folder = directory.resolve("jvm");
        jar = directory.resolve("program.jar");
        String name = Program.class.getName().replace('.', '/') + ".class";
        Path classes = Path.of(Program.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        assertThat(ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "--create", "--file=" + jar, "-C", classes.toString(), name))
                .isZero();
    }

    private StartCache.Start start() {
        return StartCache.start(folder, List.of(jar), OPTIONS);
    }

    @Test
    void theFirstJvmWritesAndTheNextOneStartsFromThat() throws Exception {
        StartCache.Start first = start();
        assertThat(first.writes()).isTrue();
        assertThat(run(first, "auto")).isZero();
        StartCache.Start next = start();
        assertThat(next.writes()).isFalse();
        assertThat(next.options()).singleElement().asString().matches("-XX:AOTCache=" + folder + "/[0-9a-f]{20}\\.aot");
        assertThat(run(next, "on"))
                .as("the JVM ends at once where it cannot use it")
                .isZero();
        assertThat(names()).as("and what was written on the way is gone").hasSize(1);
    }

    @Test
    void aJarThatChangesOrAnotherOptionIsAnotherStart() throws Exception {
        assertThat(run(start(), "auto")).isZero();
        assertThat(start().writes()).isFalse();
        assertThat(StartCache.start(folder, List.of(jar), List.of("-Xmx100m")).writes())
                .isTrue();
        Files.setLastModifiedTime(jar, FileTime.from(LONG_AGO));
        assertThat(start().writes()).isTrue();
    }

    @Test
    void whatIsNotWholeOrOfAnotherBootIsNotTakenAndOldOnesGo() throws IOException {
        String key = name(start()).substring(0, 20);
        String boot = name(start()).split("-")[1];
        Path unfinished = write(key + "-" + boot + "-1-1.new", new byte[100]);
        Path forsaken = write(key + "-" + boot + "-1-2.new", new byte[100]);
        Files.setLastModifiedTime(forsaken, FileTime.from(LONG_AGO));
        Path ofOtherBoot = write(key + "-" + "0".repeat(boot.length()) + "-1-1.new", new byte[] {1, 2, 3, 4});
        List<Path> others = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            others.add(write("0".repeat(19) + i + ".aot", new byte[] {1, 2, 3, 4}));
            Files.setLastModifiedTime(others.get(i), FileTime.from(LONG_AGO.plusSeconds(i)));
        }
        assertThat(start().writes()).isTrue();
        assertThat(unfinished).exists();
        assertThat(forsaken).doesNotExist();
        assertThat(ofOtherBoot).doesNotExist();
        assertThat(others.stream().filter(Files::exists)).containsExactlyElementsOf(others.subList(2, 6));
    }

    @Test
    void whereNothingCanBeKeptThereIsNone() throws IOException {
        Files.writeString(folder, "a file");
        assertThat(start().options()).isEmpty();
        Files.delete(folder);
        Files.delete(jar);
        assertThat(start().options()).isEmpty();
    }

    private static String name(StartCache.Start start) {
        return String.valueOf(Path.of(start.options().getFirst().replace("-XX:AOTCacheOutput=", ""))
                .getFileName());
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private int run(StartCache.Start start, String mode) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(start.options());
        if (!start.writes()) {
            command.add("-XX:AOTMode=" + mode);
        }
        command.addAll(List.of("-cp", jar.toString(), Program.class.getName()));
        Path output = directory.resolve("output");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
    }
}
