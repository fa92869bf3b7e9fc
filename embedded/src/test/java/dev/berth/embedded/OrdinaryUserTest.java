package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine in the JVM of an ordinary user, which the agent makes root of a user namespace. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.USER_NAMESPACES})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OrdinaryUserTest {
    private static final String AGENT = "dev.berth.linux.namespace.RootAgent";

    private OrdinaryUser user;
    private String classPath;

    @BeforeEach
    void makeUser() throws IOException {
        user = OrdinaryUser.known();
        classPath = user.classPath();
    }

    @AfterEach
    void removeUser() throws IOException {
        user.close();
    }

    /** Berth's own jar, where there is one; before that, one that names the class, which is on the class path. */
    private String agent() throws IOException {
        for (String entry : classPath.split(":", -1)) {
            if (Files.isRegularFile(Path.of(entry)) && entry.contains("berth-linux-")) {
                return "-javaagent:" + entry;
            }
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", AGENT);
        Path jar = user.home().resolveSibling("agent.jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return "-javaagent:" + jar;
    }

    private record Outcome(int code, String output) {}

    private Outcome run(List<String> options, Class<?> program) throws Exception {
        List<String> command = new ArrayList<>(user.launcher());
        command.addAll(List.of("env", "--ignore-environment", "PATH=" + System.getenv("PATH"), "HOME=" + user.home()));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, program.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    @Test
    void allThatTheEngineHasIsThereAndNothingIsLeftOfIt() throws Exception {
        Outcome outcome = run(List.of(agent()), OrdinaryUsersProgram.class);
        assertThat(outcome.code()).as(outcome.output()).isZero();
        assertThat(outcome.output())
                .contains("user ordinary, home " + user.home())
                .contains("built: hello")
                .contains("met: hi")
                .contains("published: hi")
                .contains("said: up")
                .endsWith("exit 4\n");
        assertThat(OrdinaryUser.processes()).isEmpty();
        try (Stream<Path> left = Files.list(user.home().resolve(".cache/berth/0"))) {
            assertThat(left)
                    .map(Path::getFileName)
                    .map(Path::toString)
                    .containsExactlyInAnyOrder("data", "lock", "lock.jvm");
        }
    }

    @Test
    void withoutTheAgentTheErrorNamesIt() throws Exception {
        Outcome outcome = run(List.of(), OrdinaryUsersProgram.class);
        assertThat(outcome.code()).isOne();
        assertThat(outcome.output())
                .containsPattern("this JVM runs as user ordinary without it: .* start it with -javaagent:/");
    }

    @Test
    @Needs(Need.UIDMAP)
    void theUserHasTheOthersThatTheAdministratorGives() throws Exception {
        user.close();
        user = OrdinaryUser.withSubordinates("300000:65536");
        classPath = user.classPath();
        Outcome outcome = run(List.of(agent()), ManyUsersProgram.class);
        assertThat(outcome.code()).as(outcome.output()).isZero();
        assertThat(outcome.output()).endsWith("5:6\n");
        assertThat(user.home().resolve(".cache/berth/0-300000")).isDirectory();
    }
}
