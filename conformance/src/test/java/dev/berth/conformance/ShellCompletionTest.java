package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of {@code berth completion}, in the shells that they are for, over a daemon with a container. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class ShellCompletionTest {
    @TempDir
    Path dir;

    /** What a shell does when a user has typed this, as far as a shell without a terminal does it. */
    private interface Shell {
        String completing(String typed);
    }

    private Command run(DaemonProcess daemon, String... words) throws IOException {
        Path program = Files.createDirectories(dir.resolve("bin")).resolve("berth");
        if (!Files.exists(program)) {
            Files.writeString(
                    program,
                    "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                            + "' --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -cp '"
                            + System.getProperty("java.class.path") + "' dev.berth.cli.Main \"$@\"\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("PATH", program.getParent() + ":" + System.getenv("PATH"));
        environment.put("HOME", dir.toString());
        return Command.run(environment, words);
    }

    private void holdsIn(Shell shell, String... program) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("daemon"))) {
            Path tree = BusyboxTree.make(dir.resolve("tree"));
            daemon.berth("create", "--network", "none", "--name", "lighthouse", "--rootfs", tree.toString(), "true")
                    .succeeded();
            assertThat(completed(daemon, shell, program, "berth sys")).containsExactly("system");
            assertThat(completed(daemon, shell, program, "berth container ins")).containsExactly("inspect");
            assertThat(completed(daemon, shell, program, "berth start li")).containsExactly("lighthouse");
            assertThat(completed(daemon, shell, program, "berth ps --no-t")).containsExactly("--no-trunc");
            assertThat(completed(daemon, shell, program, "berth run --pull al")).containsExactly("always");
            daemon.berth("rm", "lighthouse").succeeded();
        }
    }

    private List<String> completed(DaemonProcess daemon, Shell shell, String[] program, String typed)
            throws IOException {
        String[] words = new String[program.length + 1];
        System.arraycopy(program, 0, words, 0, program.length);
        words[program.length] = shell.completing(typed);
        return run(daemon, words)
                .succeeded()
                .out()
                .lines()
                .map(line -> line.split("[\t:]", 2)[0].strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void bashCompletes() throws Exception {
        holdsIn(
                typed -> "source <(berth completion bash); COMP_LINE='" + typed + "'; COMP_POINT=" + typed.length()
                        + "; _berth; printf '%s\\n' \"${COMPREPLY[@]}\"",
                "bash",
                "-c");
    }

    /** Its own widget needs a terminal: what it would be given is printed. */
    @Test
    @Needs(Need.ZSH)
    void zshCompletes() throws Exception {
        holdsIn(
                typed -> "_describe() { print -l -- \"${(@P)2}\" }; source <(berth completion zsh); words=(" + typed
                        + "); CURRENT=$#words; _berth",
                "zsh",
                "-fc");
    }

    @Test
    @Needs(Need.FISH)
    void fishCompletes() throws Exception {
        holdsIn(typed -> "berth completion fish | source; complete -C '" + typed + "'", "fish", "-c");
    }
}
