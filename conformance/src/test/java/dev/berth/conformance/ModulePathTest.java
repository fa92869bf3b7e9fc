package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that is a module, and has the embedded engine on its module path with nothing but what that needs. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModulePathTest {
    private static final List<String> MODULES =
            List.of("linux", "image", "network", "level", "level-os", "engine", "build", "embedded");
    /** What these bring from elsewhere, as their jars' names begin. */
    private static final List<String> LIBRARIES =
            List.of("avaje-", "commons-", "dnsjava-", "jspecify-", "slf4j-api-", "xz-", "zstd-jni-");

    private static final Pattern MODULE_NAME = Pattern.compile("<automatic.module>(.+)</automatic.module>");

    private static final String PROGRAM = """
            package app;

            import dev.berth.embedded.*;
            import java.nio.file.Path;
            import java.time.Duration;

            public class Main {
                public static void main(String[] args) {
                    try (Berth berth = Berth.start(BerthOptions.DEFAULT.withCache(Path.of(args[0])))) {
                        berth.images().build(BuildSpec.of(Path.of(args[1])).name("box"));
                        try (Network network = berth.networks().create();
                                Container container = berth.run(ContainerSpec.of("box").command("echo", "hello").network(network))) {
                            container.awaitExit(Duration.ofSeconds(30));
                            System.out.println(container.logs() + Main.class.getModule() + " " + Berth.class.getModule());
                        }
                    }
                }
            }
            """;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void makeTheModulePath() throws IOException {
        Path jars = Files.createDirectories(directory.resolve("jars"));
        for (String module : MODULES) {
            Path classes = Path.of("..", module, "target/classes");
            Path manifest = Files.writeString(
                    directory.resolve("manifest"), "Automatic-Module-Name: " + moduleName(module) + "\n");
            tool(
                    "jar",
                    "--create",
                    "--no-compress",
                    "--file",
                    jars.resolve("berth-" + module + ".jar").toString(),
                    "--manifest",
                    manifest.toString(),
                    "-C",
                    classes.toString(),
                    ".");
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = String.valueOf(Path.of(entry).getFileName());
            if (LIBRARIES.stream().anyMatch(name::startsWith)) {
                Files.copy(Path.of(entry), jars.resolve(name));
            }
        }
        Path source = Files.createDirectories(directory.resolve("source"));
        Files.writeString(source.resolve("module-info.java"), "module app { requires dev.berth.embedded; }");
        Files.writeString(source.resolve("Main.java"), PROGRAM);
        tool(
                "javac",
                "--module-path",
                jars.toString(),
                "-d",
                directory.resolve("app").toString(),
                source.resolve("module-info.java").toString(),
                source.resolve("Main.java").toString());
        Path tree = BusyboxTree.make(Files.createDirectories(directory.resolve("image")));
        Files.writeString(tree.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
    }

    /** As the jar's manifest has it. */
    private static String moduleName(String module) throws IOException {
        Matcher name = MODULE_NAME.matcher(Files.readString(Path.of("..", module, "pom.xml")));
        assertThat(name.find()).as(module).isTrue();
        return name.group(1);
    }

    private static void tool(String name, String... arguments) {
        program(name, arguments).succeeded();
    }

    private static Command program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
        command.addAll(Arrays.asList(arguments));
        return Command.run(Map.of(), command.toArray(String[]::new));
    }

    private static Command run(String... flags) {
        List<String> arguments = new ArrayList<>(Arrays.asList(flags));
        arguments.addAll(List.of(
                "--add-modules",
                "ALL-MODULE-PATH",
                "--module-path",
                directory.resolve("jars") + File.pathSeparator + directory.resolve("app"),
                "--module",
                "app/app.Main",
                directory.resolve("cache").toString(),
                directory.resolve("image").toString()));
        return program("java", arguments.toArray(String[]::new));
    }

    @Test
    void aModuleRunsAContainer() {
        Command ran = run("--enable-native-access=dev.berth.linux").succeeded();
        assertThat(ran.out()).isEqualTo("hello\nmodule app module dev.berth.embedded\n");
        assertThat(ran.err()).doesNotContain("native-access");
    }

    @Test
    void withoutTheFlagJavaWarnsOnceAndNamesTheModule() {
        assertThat(run().succeeded().err())
                .containsOnlyOnce("--enable-native-access=")
                .contains("--enable-native-access=dev.berth.linux ");
    }

    @Test
    void aJvmThatDeniesItIsToldTheFlagWithTheModule() {
        assertThat(run("--illegal-native-access=deny").exitedWith(1).err())
                .contains("start it with --enable-native-access=dev.berth.linux\n");
    }
}
