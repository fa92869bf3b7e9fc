package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM is told that may not do what an engine does. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RightsTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path directory;

    @Test
    @Needs(Need.ROOT)
    void withoutTheRightToMountWhatIsMissingIsSaidInOneLine() throws IOException, InterruptedException {
        assertThat(firstError("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", JAVA))
                .contains(
                        "Berth needs the capability CAP_SYS_ADMIN to run containers, and this JVM runs as user root"
                                + " without it: run it as root (in a container: with --privileged), or start it with -javaagent:/")
                .endsWith(", which makes it root of a user namespace; Testcontainers needs neither");
        assertThat(directory.resolve("cache")).doesNotExist();
    }

    @Test
    void aJvmThatDeniesNativeAccessIsToldTheFlag() throws IOException, InterruptedException {
        assertThat(firstError(JAVA, "--illegal-native-access=deny"))
                .endsWith("start it with --enable-native-access=ALL-UNNAMED");
    }

    private String firstError(String... java) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                EndingJvm.class.getName(),
                directory.resolve("cache").toString(),
                "return"));
        Process process = new ProcessBuilder(command).start();
        String first = process.errorReader().readLine();
        process.errorReader().transferTo(Writer.nullWriter());
        assertThat(process.waitFor()).isNotZero();
        return first;
    }
}
