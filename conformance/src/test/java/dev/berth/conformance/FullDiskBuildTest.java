package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds whose data root fills up in the middle of a step: the reason is told, nothing of it stays, and what was done is found again. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskBuildTest {
    private static final String DONE = "FROM box\nRUN echo done >/done\n";

    @Test
    void aDiskThatFillsUpInTheMiddleOfAStepIsToldAndRecoveredFrom(@TempDir Path dir) throws Exception {
        Path disk = Files.createDirectories(dir.resolve("engine/data"));
        Command.run(Map.of(), "mount", "-t", "tmpfs", "-o", "size=24m", "none", disk.toString())
                .succeeded();
        try (DaemonProcess daemon = DaemonProcess.start(dir.resolve("engine"))) {
            daemon.berth("import", BoxTar.make(dir).toString(), "box").succeeded();
            Path context = Files.createDirectory(dir.resolve("context"));
            build(daemon, context, DONE).succeeded();
            byte[] noise = new byte[30 << 20];
            new Random(1).nextBytes(noise);

            fails(daemon, context, DONE + "RUN busybox dd if=/dev/urandom of=/big bs=64k count=1000\n");
            // It fits as a file, and not as a layer beside that.
            fails(daemon, context, DONE + "RUN busybox head -c 12000000 /dev/urandom >/half\n");
            Files.write(context.resolve("large"), noise);
            fails(daemon, context, DONE + "COPY large /\n");
            Path tar = dir.resolve("context.tar");
            Command.run(Map.of(), "tar", "-C", context.toString(), "-cf", tar.toString(), ".")
                    .succeeded();
            try (RawConnection client = RawConnection.to(daemon)) {
                client.trySend("POST /build HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Length: "
                        + Files.size(tar) + "\r\n\r\n"
                        + new String(Files.readAllBytes(tar), StandardCharsets.ISO_8859_1));
                told(daemon, client.readToEnd());
            }
            Files.delete(context.resolve("large"));
            daemon.berth("system", "fsck").succeeded();

            Path filler = disk.resolve("filler");
            for (String piece : new String[] {"64k", "4k"}) {
                Command.run(
                        Map.of(), "dd", "if=/dev/zero", "of=" + filler, "bs=" + piece, "oflag=append", "conv=notrunc");
            }
            fails(daemon, context, DONE + "RUN echo more >/more\n");
            Files.delete(filler);
            daemon.berth("system", "fsck").succeeded();
            Command again =
                    build(daemon, context, DONE + "RUN echo more >/more\n").succeeded();
            assertThat(again.err()).containsOnlyOnce("Using cache");
        } finally {
            Command.run(Map.of(), "umount", disk.toString()).succeeded();
        }
    }

    private static Command build(DaemonProcess daemon, Path context, String dockerfile) throws Exception {
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        return daemon.berth("build", "--progress", "plain", context.toString());
    }

    private static void fails(DaemonProcess daemon, Path context, String dockerfile) throws Exception {
        Command build = build(daemon, context, dockerfile);
        assertThat(build.exitCode()).isNotZero();
        told(daemon, build.out() + build.err());
    }

    /** The reason is told, and nothing stays of the build. */
    private static void told(DaemonProcess daemon, String output) throws Exception {
        assertThat(output).containsIgnoringCase("no space left on device").doesNotContain("Exception");
        assertThat(daemon.berth("ps", "-aq").succeeded().out()).isEmpty();
        try (Stream<Path> left = Files.list(daemon.dataRoot().resolve("tmp"))) {
            assertThat(left).as("left of a build that failed").isEmpty();
        }
    }
}
