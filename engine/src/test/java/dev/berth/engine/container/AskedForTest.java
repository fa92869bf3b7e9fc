package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.berth.engine.Box;
import dev.berth.engine.Taken;
import dev.berth.engine.config.ResourceUpdate;
import dev.berth.engine.error.EngineException;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was asked for, seen from inside a container. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class AskedForTest {
    @TempDir
    Path dir;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir);
    }

    @AfterEach
    void close() {
        box.close();
    }

    private String output(String script, String host) throws Exception {
        String id = box.create(Box.command(script), host);
        Taken taken = box.attach(id);
        box.run(id);
        return taken.toEnd().strip();
    }

    private String runs(String script, String host) {
        String id = box.create(Box.command(script + "; sleep 100"), host);
        box.engine().containers().start(id);
        return id;
    }

    @Test
    void ipcIsSharedByThoseWhoOfferIt() throws Exception {
        String id = runs("echo shared > /dev/shm/f", "\"IpcMode\":\"shareable\"");
        String wait = "while ! [ -s /dev/shm/f ]; do sleep 0.05; done; ";
        assertThat(output(wait + "cat /dev/shm/f; readlink /proc/self/ns/ipc", "\"IpcMode\":\"container:" + id + "\""))
                .isEqualTo("shared\n"
                        + Files.readSymbolicLink(Path.of("/proc/"
                                + box.engine().containers().inspect(id).state().pid() + "/ns/ipc")));
    }

    @Test
    void ipcOfItsOwnIsNotShared() {
        String id = runs("true", "");
        String other = box.create(Box.command("true"), "\"IpcMode\":\"container:" + id + "\"");
        assertThatThrownBy(() -> box.engine().containers().start(other))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("can't join IPC of container " + id + ": non-shareable IPC");
    }

    @Test
    void withoutIpcThereIsNoSharedMemory() throws Exception {
        assertThat(output("grep -c ' /dev/shm ' /proc/mounts", "\"IpcMode\":\"none\""))
                .isEqualTo("0");
        assertThat(output("grep -c ' /dev/shm ' /proc/mounts", "")).isEqualTo("1");
    }

    @Test
    void devicesAreAllowedByTheirNumbers() throws Exception {
        assertThat(output("mknod /tmp/m c 1 11; head -c0 /tmp/m && echo may", "\"CapAdd\":[\"MKNOD\"]"))
                .isEmpty();
        assertThat(output("mknod /tmp/m c 1 11; exec 3>/tmp/m && echo may", "\"DeviceCgroupRules\":[\"c 1:11 rw\"]"))
                .isEqualTo("may");
        assertThatThrownBy(() -> box.create(Box.command("true"), "\"DeviceCgroupRules\":[\"d 1:1 r\"]"))
                .hasMessageContaining("invalid device cgroup rule format: 'd 1:1 r'");
    }

    @Test
    void volumesOfAnotherContainerAreTakenOver() throws Exception {
        Path data = Files.createDirectory(dir.resolve("shared"));
        Files.writeString(data.resolve("f"), "of the host");
        String holder = box.create(
                Box.command("echo kept > /vol/f") + ",\"Volumes\":{\"/vol\":{}}", "\"Binds\":[\"" + data + ":/data\"]");
        box.run(holder);
        assertThat(output("cat /vol/f /data/f", "\"VolumesFrom\":[\"" + holder + "\"]"))
                .isEqualTo("kept\nof the host");
        assertThat(output("touch /vol/g 2>&1", "\"VolumesFrom\":[\"" + holder + ":ro\"]"))
                .contains("Read-only file system");
        assertThatThrownBy(() -> box.create(Box.command("true"), "\"VolumesFrom\":[\"nosuch\"]"))
                .hasMessageContaining("No such container: nosuch");
        String user = box.create(Box.command("cat /vol/f"), "\"VolumesFrom\":[\"" + holder + "\"]");
        box.remove(holder);
        assertThat(box.run(user)).isZero();
    }

    @Test
    void anUpdateRefusesWhatItCannotChange() {
        String id = box.create(Box.command("true"), "");
        ResourceUpdate update = Jsonb.builder()
                .build()
                .type(ResourceUpdate.class)
                .fromJson("{\"MemorySwappiness\":7,\"Ulimits\":[{\"Name\":\"core\"}]}");
        assertThatThrownBy(() -> box.engine().containers().update(id, update))
                .hasMessageContaining("Ulimits, MemorySwappiness cannot be changed");
    }

    @Test
    void memorysSwappinessIsSet() throws Exception {
        String file = "/sys/fs/cgroup/memory/memory.swappiness";
        assumeThat(Path.of(file)).exists();
        assertThat(output("cat " + file, "\"MemorySwappiness\":7")).isEqualTo("7");
    }

    @Test
    void ratesOfBlockDevicesAreSet() throws Exception {
        assumeThat(Path.of("/sys/fs/cgroup/blkio")).exists();
        assumeThat(Path.of("/dev/loop0")).exists();
        String device = "[{\"Path\":\"/dev/loop0\",\"Rate\":4096}]";
        assertThat(output(
                        "cd /sys/fs/cgroup/blkio; cat blkio.throttle.*_device",
                        "\"BlkioDeviceReadBps\":" + device + ",\"BlkioDeviceWriteBps\":" + device
                                + ",\"BlkioDeviceReadIOps\":" + device + ",\"BlkioDeviceWriteIOps\":" + device))
                .isEqualTo("7:0 4096\n7:0 4096\n7:0 4096\n7:0 4096");
        String none =
                box.create(Box.command("true"), "\"BlkioDeviceReadBps\":[{\"Path\":\"/dev/nosuch\",\"Rate\":4096}]");
        assertThatThrownBy(() -> box.engine().containers().start(none))
                .hasMessageContaining("cannot limit the block device \"/dev/nosuch\": no such file or directory");
    }
}
