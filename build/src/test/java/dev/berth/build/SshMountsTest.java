package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.image.oci.History;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code RUN --mount=type=ssh} with a real agent, asked by its real client in the step. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.SSH_AGENT})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SshMountsTest extends InWorkshop {
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    private Process agent;
    private Path socket;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        socket = dir.resolve("agent");
        agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .start();
        agent.inputReader().readLine(); // it listens before it says where
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a key of the test", "-f", dir.resolve("key") + "");
        run("ssh-add", "-q", dir.resolve("key").toString());
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        agent.destroy();
        agent.waitFor();
    }

    @Test
    void aStepReachesTheClientsAgentAndNothingOfItStays() throws Exception {
        Workshop.Built built = withClient(shop.order("""
                        FROM box
                        COPY --chmod=755 root/ /
                        RUN --mount=type=ssh ssh-add -l; ssh-add -l; echo "at $SSH_AUTH_SOCK $(stat -c %a:%u:%g $SSH_AUTH_SOCK)"
                        RUN --mount=type=ssh,id=other,target=/sock,mode=0622,uid=5,gid=6,required=true \
                            su -s /bin/sh nobody -c 'id -u; ssh-add -l'; stat -c "is %F %a:%u:%g" /sock; echo "as $SSH_AUTH_SOCK"
                        RUN echo "left ${SSH_AUTH_SOCK-nothing}"; ls -d /sock /run/buildkit 2>&1 | grep -c No
                        """))
                .agent("default", socket)
                .agent("other", socket)
                .build();
        assertThat(built.output().lines().filter(line -> line.contains("a key of the test")))
                .hasSize(3);
        assertThat(built.output())
                .contains("at /run/buildkit/ssh_agent.0 600:0:0\n", "is socket 622:5:6\n", "as /sock\n")
                .contains("left nothing\n2\n");
        assertThat(built.image().config().history().stream()
                        .map(History::createdBy)
                        .collect(Collectors.joining("\n")))
                .doesNotContain(socket.toString(), "SSH_AUTH_SOCK=");
        assertThat(built.image().config().config().env()).noneMatch(variable -> variable.startsWith("SSH_AUTH_SOCK"));
    }

    @Test
    void aStepWithoutAnAgentFailsOnlyWhereItNeedsOne() throws Exception {
        String step = "FROM box\nRUN --mount=type=ssh%s echo \"has ${SSH_AUTH_SOCK-none}\"\n";
        assertThat(shop.order(step.formatted("")).build().output()).contains("has none\n");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(step.formatted(",required")).build())
                .withMessage("no SSH key \"default\" forwarded from the client: give its agent with --ssh default");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(step.formatted(""))
                        .agent("default", dir.resolve("nobody"))
                        .afresh()
                        .build())
                .withMessageContaining("no SSH agent answers at " + dir.resolve("nobody"));
    }

    /** With {@code ssh-add} of this host, and what it is linked against. */
    private static Workshop.Order withClient(Workshop.Order order) throws IOException, InterruptedException {
        Process asked = new ProcessBuilder("ldd", "/usr/bin/ssh-add").start();
        String libraries = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asked.waitFor();
        order.file("root/usr/bin/ssh-add", Files.readAllBytes(Path.of("/usr/bin/ssh-add")));
        Matcher library = LIBRARY.matcher(libraries);
        while (library.find()) {
            order.file("root" + library.group(1), Files.readAllBytes(Path.of(library.group(1))));
        }
        return order;
    }

    private void run(String... words) throws IOException, InterruptedException {
        ProcessBuilder program = new ProcessBuilder(words).redirectErrorStream(true);
        program.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process running = program.start();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(running.waitFor()).as(said).isZero();
    }
}
