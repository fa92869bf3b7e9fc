package dev.berth.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.asm.Machine;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program before an ordinary user's JVM, with a shell in the JVM's place; emulation knows no user namespaces. */
@Needs({Need.ROOT, Need.USER_NAMESPACES})
@LeavesNothingBehind
class EntryProgramTest {
    private static final String MAP = "0 " + OrdinaryUser.ID + " 1";
    private static final String SHOW_MAPS =
            "cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups | tr -s ' '";

    /** @param users what the process itself, whose number is {@code $$}, has its users by */
    private static String run(OrdinaryUser user, String users, String line) throws Exception {
        Path program = user.home().resolveSibling("program");
        Files.write(program, EntryProgram.executable(Machine.host().orElseThrow()));
        Files.setAttribute(program, "unix:mode", 0755);
        List<String> command = new ArrayList<>(user.launcher());
        command.addAll(List.of("sh", "-c", "exec " + program + " \"" + users + "\" \"$@\"", "sh"));
        command.addAll(List.of(MAP, MAP, "/bin/sh", "-c", line));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + process.waitFor();
    }

    @Test
    void withoutACommandTheUserIsRootAndNobodyElseIsThere() throws Exception {
        try (OrdinaryUser user = OrdinaryUser.make()) {
            assertThat(run(user, "", SHOW_MAPS + "; id -u; echo $$; exit 7"))
                    .isEqualTo(" 0 64711 1\n 0 64711 1\ndeny\n0\n1\n7");
        }
    }

    @Test
    @Needs(Need.UIDMAP)
    void theCommandGivesItItsUsers() throws Exception {
        String ids = " 0 " + OrdinaryUser.ID + " 1 1 300000 65536";
        String command = "newuidmap $$" + ids + " && newgidmap $$" + ids;
        try (OrdinaryUser user = OrdinaryUser.withSubordinates("300000:65536")) {
            assertThat(run(user, command, SHOW_MAPS + "; id -u; echo $$; exit 7"))
                    .isEqualTo(" 0 64711 1\n 1 300000 65536\n".repeat(2) + "allow\n0\n1\n7");
        }
    }

    @Test
    @Needs(Need.UIDMAP)
    void whatTheAdministratorDoesNotGiveIsSaidAndTheUserIsAlone() throws Exception {
        String command = "newuidmap $$ 0 " + OrdinaryUser.ID + " 1 1 400000 65536";
        try (OrdinaryUser user = OrdinaryUser.withSubordinates("300000:65536")) {
            assertThat(run(user, command, SHOW_MAPS))
                    .startsWith("newuidmap: ")
                    .contains("berth: cannot have the users of /etc/subuid and /etc/subgid")
                    .endsWith(" 0 64711 1\n 0 64711 1\ndeny\n0");
        }
    }
}
