package dev.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.files.FileTree;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Testcontainers' suite of an ordinary user with an empty home, whose engine is in a JVM beside the tests'. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.USER_NAMESPACES})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OrdinaryUserTest {
    @TempDir
    private Path directory;

    private OrdinaryUser user;
    private String classPath;

    @BeforeEach
    void makeUserWithBox() throws Exception {
        user = OrdinaryUser.make();
        classPath = user.classPath();
        Path tar = user.home().resolve("box.tar");
        try (FileTree files = FileTree.at(BusyboxTree.make(directory.resolve("box")));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            files.pack("/.", out);
        }
        Process made = start(BoxProgram.class.getName(), tar.toString());
        made.getOutputStream().close();
        assertThat(made.waitFor()).as(errors()).isZero();
    }

    @AfterEach
    void removeUser() throws IOException {
        user.close();
    }

    @Test
    void aSuiteRunsAndNothingIsLeftOfIt() throws Exception {
        Process suite = start("-Dberth.testcontainers=always", Suite.class.getName());
        assertThat(suite.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(suite.exitValue()).as(errors()).isZero();
        assertThat(Files.readAllLines(directory.resolve("output")))
                .contains("ports", "logs", "health", "networks", "files", "dockerfiles", "parallel")
                .endsWith("over");
        assertThat(OrdinaryUser.processes()).isEmpty();
    }

    @Test
    void aSuiteThatIsKilledTakesItsEngineAndContainersWithIt() throws Exception {
        Process suite = start("-Dberth.testcontainers=always", Suite.class.getName());
        while (Files.size(directory.resolve("output")) == 0 && suite.isAlive()) {
            Thread.sleep(20);
        }
        suite.destroyForcibly().waitFor();
        while (!OrdinaryUser.processes().isEmpty()) { // the timeout tells of those that stay
            Thread.sleep(20);
        }
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("errors"));
    }

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(user.launcher());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Duser.home=" + user.home());
        command.add("-cp");
        command.add(classPath);
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("output").toFile())
                .redirectError(directory.resolve("errors").toFile());
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        builder.environment().put("HOME", user.home().toString());
        return builder.start();
    }
}
