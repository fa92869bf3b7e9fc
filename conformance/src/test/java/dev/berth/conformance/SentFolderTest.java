package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code berth build} of folders by a daemon that cannot read them where they are: it asks for what it does not have of them. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SentFolderTest {
    private static final int LARGE_BYTES = 3_000_000;
    /** So long after a change a file's time of change tells that it has not changed again. */
    private static final int SETTLED_MILLIS = 3_100;

    private Path dir;
    private DaemonProcess daemon;
    private Relay relay;
    private Path context;
    private int made;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        daemon = DaemonProcess.start(dir.resolve("berth"));
        relay = Relay.begin(daemon);
        Path tar = BoxTar.make(dir);
        berth(daemon.host(), "import", tar.toString(), "box").succeeded();
    }

    @AfterAll
    void stop() throws IOException {
        relay.close();
        daemon.close();
    }

    @BeforeEach
    void makeContext() throws IOException {
        context = Files.createDirectories(dir.resolve("context" + made++));
        file("Dockerfile", "FROM box\nCOPY . /context\n");
        file("one", "1");
        file("d/two", "2");
        byte[] large = new byte[LARGE_BYTES];
        new Random(made).nextBytes(large);
        Files.write(context.resolve("large"), large);
        Files.createSymbolicLink(context.resolve("link"), Path.of("one"));
        file("left/out", "");
        file(".dockerignore", "left\n");
    }

    private Path file(String name, String content) throws IOException {
        Path file = context.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, content);
    }

    private Command berth(String host, String... words) {
        return Command.berth(Map.of("DOCKER_HOST", host, "HOME", dir.toString()), new byte[0], words);
    }

    private String built(String host, String... more) {
        String[] words = new String[more.length + 3];
        words[0] = "build";
        words[1] = "-q";
        System.arraycopy(more, 0, words, 2, more.length);
        words[words.length - 1] = context.toString();
        return berth(host, words).succeeded().out();
    }

    @Test
    void whatHasNotChangedSinceTheLastBuildIsNotSent() throws Exception {
        String inPlace = built(daemon.host());
        Thread.sleep(SETTLED_MILLIS);
        assertThat(built(relay.host())).isEqualTo(inPlace);
        assertThat(relay.sent()).isGreaterThan(LARGE_BYTES);
        assertThat(built(relay.host())).isEqualTo(inPlace);
        assertThat(relay.sent()).isLessThan(10_000);
        file("d/two", "3");
        String changed = built(relay.host());
        assertThat(relay.sent()).isLessThan(10_000);
        assertThat(built(daemon.host())).isEqualTo(changed).isNotEqualTo(inPlace);
        assertThat(berth(
                                daemon.host(),
                                "run",
                                "--rm",
                                changed.strip(),
                                "sh",
                                "-c",
                                "cat /context/d/two /context/link; ls /context")
                        .succeeded()
                        .out())
                .isEqualTo("31Dockerfile\nd\nlarge\nlink\none\n");
    }

    /** An edit that restores size and time, which no time of change does. */
    @Test
    void aChangeThatOnlyTheKernelTellsOfIsSent() throws Exception {
        Path one = context.resolve("one");
        Thread.sleep(SETTLED_MILLIS);
        String before = built(relay.host());
        FileTime time = Files.getLastModifiedTime(one);
        Files.writeString(one, "9");
        Files.setLastModifiedTime(one, time);
        assertThat(built(relay.host())).isNotEqualTo(before);
    }

    @Test
    void whatIsKeptIsListedAndForgottenByAnyPrune() throws Exception {
        Thread.sleep(SETTLED_MILLIS);
        built(relay.host());
        assertThat(daemon.docker("system", "df", "-v").succeeded().out())
                .containsPattern("source\\.local +3(\\.\\d+)?MB ");
        daemon.docker("builder", "prune", "-f", "--filter", "type=source.local").succeeded();
        assertThat(daemon.docker("system", "df", "-v").succeeded().out())
                .doesNotContainPattern("source\\.local +3(\\.\\d+)?MB ");
        relay.sent();
        built(relay.host());
        assertThat(relay.sent()).isGreaterThan(LARGE_BYTES);
    }

    @Test
    void theContextsSizeIsShownAsItIsSentAndADockerfileMayBeElsewhere() throws Exception {
        Path elsewhere = Files.writeString(dir.resolve("Other" + made), "FROM box\nCOPY one /it\n");
        Command built = berth(relay.host(), "build", "-t", "it", "-f", elsewhere.toString(), context.toString());
        assertThat(built.succeeded().err())
                .containsPattern("^Sending build context to Berth daemon +3\\.\\d+MB\nStep 1/2 : FROM box\n");
        Command input = Command.berth(
                Map.of("DOCKER_HOST", relay.host(), "HOME", dir.toString()),
                "FROM it\nCOPY d/two /it2\n".getBytes(StandardCharsets.UTF_8),
                "build",
                "-t",
                "it2",
                "-f-",
                context.toString());
        input.succeeded();
        assertThat(berth(relay.host(), "run", "--rm", "it2", "cat", "/it", "/it2")
                        .succeeded()
                        .out())
                .isEqualTo("12");
    }

    /** Whoever relays a client's words has other files open. */
    @Test
    void ofAnotherProcessBehindASocketOfThisHostFoldersAreSentToo() throws Exception {
        Path other = Files.createDirectories(dir.resolve("other" + made));
        Files.writeString(other.resolve("x"), "from the other");
        Files.writeString(other.resolve("y"), "left out");
        Files.writeString(other.resolve(".dockerignore"), "y\n");
        file("Dockerfile", "FROM box\nCOPY --from=lib . /lib\nCOPY one /one\nRUN ls -A /lib\n");
        String inPlace = built(daemon.host(), "--build-context", "lib=" + other);
        try (Relay unix = Relay.begin(daemon, dir.resolve("relayed.sock"))) {
            for (String host : new String[] {relay.host(), unix.host()}) {
                assertThat(built(host, "--build-context", "lib=" + other)).isEqualTo(inPlace);
            }
        }
        Command shown =
                berth(relay.host(), "build", "--no-cache", "--build-context", "lib=" + other, context.toString());
        assertThat(shown.succeeded().err()).contains("\n.dockerignore\nx\n");
        assertThat(berth(relay.host(), "build", "--build-context", "lib=" + other, "-t", "remote", "-")
                        .exitedWith(1)
                        .err())
                .contains("Dockerfile");
    }

    @Test
    void aBuildThatFailsSaysWhyAndLeavesNobodyWaiting() throws Exception {
        file("Dockerfile", "FROM box\nCOPY missing /\n");
        assertThat(berth(relay.host(), "build", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("missing");
        Files.delete(context.resolve("Dockerfile"));
        file("Dockerfile", "FRMO box\n");
        assertThat(berth(relay.host(), "build", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("FRMO");
    }
}
