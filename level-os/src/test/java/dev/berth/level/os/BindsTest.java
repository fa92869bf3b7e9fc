package dev.berth.level.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.level.LevelException;
import dev.berth.level.MountSpec;
import dev.berth.level.MountSpec.Access;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.SandboxSpec;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of the host in a container, below which the host has mounts of its own. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class BindsTest {
    @TempDir
    Path dir;

    private Box box;
    /** A mount of the host that is shared, with another below it. */
    private Path host;

    @BeforeEach
    void open() throws Exception {
        box = new Box(dir);
        host = Files.createDirectories(dir.resolve("host"));
        mount("-t", "tmpfs", "test", host.toString());
        mount("--make-shared", host.toString());
        mount(
                "-t",
                "tmpfs",
                "test",
                Files.createDirectories(host.resolve("below")).toString());
    }

    @AfterEach
    void close() throws Exception {
        box.close();
        assertThat(new ProcessBuilder("umount", "-R", host.toString()).start().waitFor())
                .isZero();
    }

    private static void mount(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("mount"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private MountSpec bind(String subpath, Access access, boolean recursive, String propagation) {
        return new MountSpec.Bind(host, subpath, "/in", access, recursive, propagation);
    }

    private String output(String script, MountSpec... mounts) throws Exception {
        return box.run("exec 2>&1; " + script, spec -> Box.withMounts(spec, mounts))
                .out();
    }

    @Test
    void whatIsBelowIsReadOnlyTooUnlessItIsLeftOutOrMayBeWritten() throws Exception {
        String write = "for f in /in/x /in/below/x; do touch $f && echo wrote $f && rm $f; done; true";
        String refused = "touch: /in/x: Read-only file system\n";
        assertThat(output(write, bind("", Access.READ_WRITE, true, ""))).isEqualTo("wrote /in/x\nwrote /in/below/x\n");
        assertThat(output(write, bind("", Access.READ_ONLY, true, "")))
                .isEqualTo(refused + "touch: /in/below/x: Read-only file system\n");
        assertThat(output(write, bind("", Access.TOP_READ_ONLY, true, ""))).isEqualTo(refused + "wrote /in/below/x\n");
        Files.writeString(host.resolve("below/f"), "");
        assertThat(output("ls /in/below", bind("", Access.READ_WRITE, false, "")))
                .isEmpty();
    }

    @Test
    void aPartOfATreeIsFoundWithoutALinkThatLeadsOut() throws Exception {
        Files.createDirectories(host.resolve("a/b"));
        Files.writeString(host.resolve("a/b/f"), "deep");
        Files.createSymbolicLink(host.resolve("short"), Path.of("a/b"));
        Files.createSymbolicLink(host.resolve("out"), Path.of("../tree"));
        assertThat(output("cat /in/f", bind("a/b", Access.READ_ONLY, true, ""))).isEqualTo("deep");
        assertThat(output("cat /in/f", bind("short", Access.READ_ONLY, true, "")))
                .isEqualTo("deep");
        assertThat(output("cat /in", bind("a/b/f", Access.READ_ONLY, true, ""))).isEqualTo("deep");
        assertThatThrownBy(() -> output("true", bind("out", Access.READ_ONLY, true, "")))
                .isInstanceOf(LevelException.class)
                .hasMessage("cannot mount the subpath \"out\" of " + host + " on /in: it leads out of the volume");
    }

    @Test
    void laterMountsOfTheHostAreSeenWhereThatIsAsked() throws Exception {
        Path later = Files.createDirectories(host.resolve("later"));
        String wait = "touch /in/ready; until test -e /in/done; do sleep 0.02; done; ls /in/later";
        for (String propagation : List.of("rslave", "rprivate")) {
            SandboxSpec spec =
                    Box.withMounts(box.spec(box.shell(wait)), bind("", Access.READ_WRITE, true, propagation));
            try (Sandbox sandbox = box.level.create(spec)) {
                Collected output = new Collected();
                SandboxProcess process = sandbox.start(output);
                while (Files.notExists(host.resolve("ready"))) {
                    Thread.sleep(5);
                }
                mount("-t", "tmpfs", "test", later.toString());
                Files.writeString(later.resolve("new"), "");
                Files.writeString(host.resolve("done"), "");
                assertThat(Box.result(process, output).out())
                        .as(propagation)
                        .isEqualTo(propagation.equals("rslave") ? "new\n" : "");
            }
            assertThat(new ProcessBuilder("umount", later.toString()).start().waitFor())
                    .isZero();
            Files.delete(host.resolve("ready"));
            Files.delete(host.resolve("done"));
        }
    }

    @Test
    void whatIsNotSharedOnTheHostCannotBeFollowed() throws Exception {
        mount("--make-private", host.toString());
        assertThatThrownBy(() -> output("true", bind("", Access.READ_WRITE, true, "rslave")))
                .hasMessage("path " + host + " is mounted on " + host + " but it is not a shared or slave mount");
        assertThatThrownBy(() -> output("true", bind("", Access.READ_WRITE, true, "shared")))
                .hasMessage("path " + host + " is mounted on " + host + " but it is not a shared mount");
    }

    @Test
    void aFileSystemIsSharedBetweenContainersAndReadOnlyWhereAsked() throws Exception {
        MountSpec own = new MountSpec.FileSystem(
                "tmpfs", "tmpfs", List.of("size=1m", "mode=700"), "/m", false, Optional.empty());
        SandboxSpec first = Box.withMounts(box.spec(box.shell("echo x > /m/f; echo made; exec sleep 100")), own);
        try (Sandbox sandbox = box.level.create(first)) {
            Collected output = new Collected();
            sandbox.start(output);
            output.await("made");
            MountSpec shared = new MountSpec.FileSystem(
                    "tmpfs",
                    "tmpfs",
                    List.of("size=1m"),
                    "/n",
                    true,
                    Optional.of(new MountSpec.Place(first.id(), "/m")));
            assertThat(output("cat /n/f; touch /n/g", shared)).isEqualTo("x\ntouch: /n/g: Read-only file system\n");
        }
        MountSpec readOnly = new MountSpec.FileSystem("tmpfs", "tmpfs", List.of(), "/m", true, Optional.empty());
        assertThat(output("touch /m/g", readOnly)).isEqualTo("touch: /m/g: Read-only file system\n");
        MountSpec unknown = new MountSpec.FileSystem("nosuchfs", "x", List.of(), "/m", false, Optional.empty());
        assertThatThrownBy(() -> output("true", unknown))
                .hasMessage(
                        "mount nosuchfs x on /m: no such device (ENODEV): this host's kernel knows no file system nosuchfs"
                                + " (modprobe nosuchfs may load it)");
    }

    @Test
    void aFileSystemOfAnyTypeIsMountedWithItsOptions() throws Exception {
        for (String name : List.of("lower", "lowest", "upper", "work")) {
            Files.createDirectories(dir.resolve(name));
        }
        Files.writeString(dir.resolve("lower/f"), "below");
        String layers = "lowerdir=" + dir + "/lower:" + dir + "/lowest";
        MountSpec readOnly = new MountSpec.FileSystem(
                "overlay", "of mine", List.of(layers, "noatime", "noexec"), "/m", true, Optional.empty());
        assertThat(output("cat /m/f; grep ' /m ' /proc/self/mounts; touch /m/g", readOnly))
                .startsWith("below")
                .contains("of\\040mine /m overlay ro,noexec,noatime,")
                .contains("touch: /m/g: Read-only file system");
        MountSpec writable = new MountSpec.FileSystem(
                "overlay",
                "overlay",
                List.of(layers, "upperdir=" + dir + "/upper", "workdir=" + dir + "/work"),
                "/m",
                false,
                Optional.empty());
        assertThat(output("echo above > /m/g", writable)).isEmpty();
        assertThat(dir.resolve("upper/g")).hasContent("above\n");
        MountSpec odd =
                new MountSpec.FileSystem("overlay", "x", List.of(layers, "colour=red"), "/m", false, Optional.empty());
        assertThatThrownBy(() -> output("true", odd))
                .hasMessageStartingWith("mount overlay x on /m: invalid argument")
                .hasMessageContaining("colour")
                .hasMessageNotContaining("red");
    }
}
