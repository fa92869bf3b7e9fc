package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A daemon of an ordinary user to whom {@code /etc/subuid} and {@code /etc/subgid} give other users. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX, Need.USER_NAMESPACES, Need.UIDMAP})
@LeavesNothingBehind
class SubordinateUsersTest extends DaemonOfAUser {
    private static final int FIRST = 300_000;

    @Override
    OrdinaryUser makeUser() throws Exception {
        return OrdinaryUser.withSubordinates(FIRST + ":65536");
    }

    @Test
    void filesHaveTheOwnersThatTheyAreGiven() {
        assertThat(box("touch /f && chown 5:6 /f && stat -c %u:%g /f; chmod 4711 /f; stat -c %a /f"))
                .isEqualTo("5:6\n4711\n");
    }

    @Test
    void aUserIsOneOfManyAndReadsWhatIsItsOwn() {
        assertThat(
                        docker(
                                "run",
                                "--rm",
                                "--network",
                                "none",
                                "-u",
                                "999:998",
                                "--group-add",
                                "7",
                                IMAGE,
                                "sh",
                                "-c",
                                "id -u; id -g; id -G; touch /dev/shm/own; stat -c %u:%g /dev/shm/own /etc; touch /etc/x 2>&1 || echo refused"))
                .isEqualTo("999\n998\n998 7\n999:998\n0:0\ntouch: /etc/x: Permission denied\nrefused\n");
    }

    @Test
    void rootGoesOnAsAnotherUserWhoCannotGoBack() {
        assertThat(box("echo 'www:x:33:33::/:/bin/sh' >> /etc/passwd; su www -c 'id -u; kill -0 1 2>&1'; id -u"))
                .startsWith("33\n")
                .contains("Operation not permitted")
                .endsWith("0\n");
    }

    @Test
    void aProcessOfAnotherUserIsASubordinateOutside() throws Exception {
        docker("run", "-d", "--name", "other", "--network", "none", "-u", "999", IMAGE, "sleep", "4712");
        assertThat(docker("exec", "other", "id", "-u")).isEqualTo("999\n");
        assertThat(Command.run(Map.of(), "ps", "-o", "args=", "-u", Integer.toString(FIRST + 998))
                        .succeeded()
                        .out())
                .contains("4712");
        docker("rm", "-f", "other");
    }

    @Test
    void imagesKeepTheirOwnersOnTheWayThroughBuildsArchivesAndCopies() throws Exception {
        Path context = Files.createDirectories(dir.resolve("context"));
        Files.writeString(context.resolve("word"), "word\n");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox:test
                RUN mkdir /d && touch /d/f && chown -R 33:34 /d
                COPY --chown=44:45 word /word
                USER 33
                RUN touch /d/own && ! touch /etc/own
                CMD stat -c %u:%g /d /d/f /d/own /word
                """);
        docker("build", "-t", "owned", context.toString());
        String owners = "33:34\n33:34\n33:0\n44:45\n";
        assertThat(docker("run", "--rm", "--network", "none", "owned")).isEqualTo(owners);
        Path saved = dir.resolve("saved.tar");
        docker("save", "-o", saved.toString(), "owned");
        docker("rmi", "owned");
        docker("load", "-i", saved.toString());
        assertThat(docker("run", "--rm", "--network", "none", "owned")).isEqualTo(owners);
        docker("create", "--name", "owned", "owned");
        Path files = dir.resolve("files.tar");
        docker("export", "-o", files.toString(), "owned");
        assertThat(Command.run(Map.of(), "tar", "--numeric-owner", "-tvf", files.toString(), "word")
                        .succeeded()
                        .out())
                .contains("44/45");
        docker("rm", "owned");
    }

    @Test
    void aVolumeBelongsToWhomTheImageSays() {
        docker("volume", "create", "kept");
        docker("run", "--rm", "--network", "none", "-v", "kept:/kept", IMAGE, "chown", "70:70", "/kept");
        assertThat(docker(
                        "run",
                        "--rm",
                        "--network",
                        "none",
                        "-u",
                        "70:70",
                        "-v",
                        "kept:/kept",
                        IMAGE,
                        "sh",
                        "-c",
                        "touch /kept/f && stat -c %u /kept/f"))
                .isEqualTo("70\n");
        docker("volume", "rm", "kept");
    }
}
