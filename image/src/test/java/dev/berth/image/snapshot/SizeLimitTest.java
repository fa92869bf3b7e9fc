package dev.berth.image.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.UserModeLinux;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes of containers' changes, with a kernel that has quotas: {@link SizeLimitProgram} is what runs there. */
@LeavesNothingBehind
class SizeLimitTest {
    private static final long DISK_BYTES = 320L << 20;

    @TempDir
    Path directory;

    @Test
    @Needs({Need.ROOT, Need.USER_MODE_LINUX})
    void whatAContainerWritesBeyondItsSizeIsRefusedAndNobodyElseNotices() throws Exception {
        List<Path> disks = List.of(
                disk("ext4", "mkfs.ext4", "-q", "-O", "quota,project", "-E", "quotatype=prjquota"),
                disk("xfs", "mkfs.xfs", "-q"),
                disk("uncounted", "mkfs.xfs", "-q"));
        String said = UserModeLinux.run(
                directory.resolve("uml"),
                disks,
                List.of("quota_tree", "quota_v2", "overlay"),
                List.of(
                        "mkdir ext4 xfs uncounted",
                        "mount -o prjquota /dev/ubda ext4",
                        "mount -o prjquota /dev/ubdb xfs",
                        "mount /dev/ubdc uncounted"),
                SizeLimitProgram.class);
        assertThat(said.lines()).containsExactlyElementsOf(SizeLimitProgram.TOLD);
    }

    @Test
    void whereNothingCanBeLimitedASizeIsRefusedAndNothingMade() throws Exception {
        WritableLayers layers = WritableLayers.open(directory);
        assertThatThrownBy(() -> layers.create("c1", Digest.sha256(new byte[0]), List.of(directory), 1 << 20))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("--storage-opt is supported only over xfs and ext4 with the 'prjquota' mount"
                        + " option: " + directory.resolve("containers-fs") + " is on ");
        assertThat(layers.list()).isEmpty();
    }

    private Path disk(String name, String... command) throws IOException, InterruptedException {
        Path disk = directory.resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
        List<String> whole = new ArrayList<>(List.of(command));
        whole.add(disk.toString());
        Path said = directory.resolve(name + ".log");
        assertThat(new ProcessBuilder(whole)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start()
                        .waitFor())
                .as(Files.readString(said))
                .isZero();
        return disk;
    }
}
