package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data root on a file system that fills up: clear errors, nothing half made, and all well again when there is room. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class FullDiskTest {
    @Test
    void aFullDiskIsToldAndRecoveredFrom(@TempDir Path dir) throws Exception {
        Path disk = Files.createDirectories(dir.resolve("engine/data"));
        Command.run(Map.of(), "mount", "-t", "tmpfs", "-o", "size=24m,nr_inodes=4k", "none", disk.toString())
                .succeeded();
        try {
            try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("engine"))) {
                SdkHost.importImage(daemon, dir);
                daemon.docker("run", "-d", "--network", "none", "--name", "before", SdkHost.IMAGE, "sh", "-c", TALK)
                        .succeeded();
                Path filler = disk.resolve("filler");
                fill(filler);
                whileItIsFull(daemon, dir, filler);
                Files.delete(filler);
                afterwards(daemon, dir);
            }
        } finally {
            Command.run(Map.of(), "umount", disk.toString()).succeeded();
        }
    }

    /** Prints for as long as it runs. */
    private static final String TALK = "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.05; done";

    private static void fill(Path filler) {
        for (String piece : List.of("64k", "4k")) { // to the last page
            Command full = Command.run(
                    Map.of(), "dd", "if=/dev/zero", "of=" + filler, "bs=" + piece, "oflag=append", "conv=notrunc");
            assertThat(full.err()).contains("No space left on device");
        }
    }

    private static void whileItIsFull(DaemonProcess daemon, Path dir, Path filler) {
        // What writes is refused with the reason.
        Command create = create(daemon);
        for (int tries = 1; create.exitCode() == 0 && tries < 20; tries++) { // work in the background has made room
            daemon.docker("rm", "refused").succeeded();
            fill(filler);
            create = create(daemon);
        }
        create.exitedWith(1);
        assertThat(create.err()).containsIgnoringCase("no space left on device");
        Command imported = daemon.docker("import", dir.resolve("box.tar").toString(), "refused:image");
        imported.exitedWith(1);
        assertThat(imported.err()).containsIgnoringCase("no space left on device");
        // What only reads goes on, and so do containers.
        assertThat(daemon.docker("ps", "-a", "--format", "{{.Names}} {{.State}}")
                        .succeeded()
                        .out())
                .isEqualTo("before running\n");
        assertThat(daemon.docker("images", "--format", "{{.Repository}}")
                        .succeeded()
                        .out())
                .isEqualTo("busybox\n");
        assertThat(daemon.docker("exec", "before", "echo", "alive").succeeded().out())
                .isEqualTo("alive\n");
        daemon.docker("logs", "--tail", "1", "before").succeeded();
        Command write = daemon.docker("exec", "before", "sh", "-c", "seq 1 100000 > /big");
        assertThat(write.exitCode()).isNotZero();
    }

    private static Command create(DaemonProcess daemon) {
        return daemon.docker("create", "--name", "refused", "--network", "none", SdkHost.IMAGE, "true");
    }

    private static void afterwards(DaemonProcess daemon, Path dir) throws Exception {
        assertThat(daemon.docker("run", "--rm", "--network", "none", SdkHost.IMAGE, "echo", "room")
                        .succeeded()
                        .out())
                .isEqualTo("room\n");
        daemon.docker("import", dir.resolve("box.tar").toString(), "accepted:image")
                .succeeded();
        String last = lastLine(daemon);
        Command.eventually("the log to go on", () -> !lastLine(daemon).equals(last));
        daemon.docker("stop", "-t", "0", "before").succeeded();
        assertThat(daemon.docker("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "before")
                        .succeeded()
                        .out())
                .isEqualTo("exited 137\n");
        daemon.docker("rm", "before").succeeded();
        assertThat(daemon.docker("ps", "-aq").succeeded().out()).isEmpty();
        try (var left = Files.list(daemon.dataRoot().resolve("containers"))) {
            assertThat(left).as("directories of containers that are no more").isEmpty();
        }
    }

    private static String lastLine(DaemonProcess daemon) {
        return daemon.docker("logs", "--tail", "1", "before").out();
    }
}
