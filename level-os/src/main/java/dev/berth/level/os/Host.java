package dev.berth.level.os;

import dev.berth.level.os.host.HostFacts;
import dev.berth.level.os.seccomp.Filters;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupTree;
import dev.berth.linux.cgroup.host.HostCgroups;
import dev.berth.linux.cgroup.none.NoCgroups;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.file.MemoryFile;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.init.InitProgram;
import dev.berth.linux.launch.Launcher;
import dev.berth.linux.monitor.MonitorProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What all sandboxes of one level share. Closing it ends the level's thread and gives back what it holds. */
final class Host implements AutoCloseable {
    private final HostFacts facts = HostFacts.read();
    private final CgroupMounts cgroupMounts;
    private final CgroupTree cgroups;
    private final Filters filters = new Filters(Kernel.running().machine(), facts.kernelRelease());
    private final Path mountPoint;
    private final String cgroupParent;
    private final Launcher launcher = new Launcher();
    private final EventLoop loop = new EventLoop("berth-os");
    private final Fd nothing = open("/dev/null", Open.READ_WRITE);
    private final Fd monitor = MemoryFile.create(
            "the monitor", MonitorProgram.executable(Kernel.running().machine()));
    private Optional<Fd> init = Optional.empty();

    private Host(Path mountPoint, String cgroupParent) {
        CgroupMounts mounted = CgroupMounts.read(Path.of("/proc/self"));
        cgroups = HostCgroups.of(mounted);
        cgroupMounts = cgroups instanceof NoCgroups ? CgroupMounts.NONE : mounted;
        this.mountPoint = mountPoint;
        this.cgroupParent = cgroupParent;
    }

    /** @param folder for what does not outlast a reboot; made where it is missing */
    static Host open(Path folder) {
        try {
            Path mountPoint = Files.createDirectories(folder.resolve("rootfs"));
            // Engines with folders of their own must have control groups of their own; the same engine finds its own.
            String name = Integer.toHexString(folder.toRealPath().toString().hashCode());
            return new Host(mountPoint, "/berth/" + name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    static Fd open(String path, int flags) {
        return OpenFile.open(path, flags).fd();
    }

    HostFacts facts() {
        return facts;
    }

    /** What containers see of control groups; none where there are none for them. */
    CgroupMounts cgroupMounts() {
        return cgroupMounts;
    }

    CgroupTree cgroups() {
        return cgroups;
    }

    /** The control group that sandboxes live under. */
    String cgroupParent() {
        return cgroupParent;
    }

    Filters filters() {
        return filters;
    }

    /** An empty directory: each sandbox mounts its root on it in its own mount namespace. */
    Path mountPoint() {
        return mountPoint;
    }

    Launcher launcher() {
        return launcher;
    }

    EventLoop loop() {
        return loop;
    }

    /** The null device. */
    Fd nothing() {
        return nothing;
    }

    /** The program of {@code --init}, in memory. */
    synchronized Fd init() {
        if (init.isEmpty()) {
            init = Optional.of(MemoryFile.create(
                    "docker-init", InitProgram.executable(Kernel.running().machine())));
        }
        return init.get();
    }

    /** The program of monitors, in memory. */
    Fd monitor() {
        return monitor;
    }

    @Override
    public void close() {
        loop.close();
        launcher.close();
        nothing.close();
        monitor.close();
        synchronized (this) {
            init.ifPresent(Fd::close);
        }
        cgroups.removeIfEmpty(cgroupParent);
    }
}
