package dev.berth.linux.cgroup.v1;

import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.DeviceRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group on a v1 or hybrid host. */
final class V1Cgroup implements Cgroup {
    static final CpusetController CPUSET = new CpusetController();

    private static final List<Controller> LIMITING =
            List.of(CPUSET, new MemoryController(), new CpuController(), new PidsController(), new BlkioController());

    private static final int SIGKILL = 9;

    private final String path;
    /** The group's directory for each controller; two of one hierarchy have the same. */
    private final Map<String, CgroupDirectory> byController;
    /** Each directory once. */
    private final List<CgroupDirectory> directories;

    private final Optional<CgroupDirectory> unified;

    V1Cgroup(
            String path,
            Map<String, CgroupDirectory> byController,
            List<CgroupDirectory> directories,
            Optional<CgroupDirectory> unified) {
        this.path = path;
        this.byController = byController;
        this.directories = directories;
        this.unified = unified;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public List<Path> entryFiles() {
        return directories.stream()
                .map(directory -> directory.path().resolve("tasks"))
                .toList();
    }

    @Override
    public Optional<Path> cloneInto() {
        return unified.map(CgroupDirectory::path);
    }

    @Override
    public void apply(CgroupLimits limits) {
        for (Controller controller : LIMITING) {
            if (controller.isAskedFor(limits)) {
                controller.apply(limits, required(controller.name()));
            }
        }
    }

    /** Sets which devices may be used, in a new group. */
    void allowOnly(List<DeviceRule> devices) {
        if (!devices.isEmpty()) {
            new DevicesController().allowOnly(devices, required(DevicesController.NAME));
        }
    }

    @Override
    public CgroupStats stats() {
        CgroupStats.Cpu times =
                on(CpuacctController.NAME).map(new CpuacctController()::stats).orElse(CgroupStats.Cpu.NONE);
        return new CgroupStats(
                on("cpu").map(group -> new CpuController().stats(group, times)).orElse(times),
                on("memory").map(new MemoryController()::stats).orElse(CgroupStats.Memory.NONE),
                on("pids").map(new PidsController()::stats).orElse(CgroupStats.Pids.NONE),
                on(BlkioController.NAME).map(new BlkioController()::stats).orElse(CgroupStats.Io.NONE));
    }

    @Override
    public long oomKills() {
        return on("memory").map(new MemoryController()::oomKills).orElse(0L);
    }

    @Override
    public void freeze() {
        new FreezerController().freeze(required(FreezerController.NAME));
    }

    @Override
    public void thaw() {
        new FreezerController().thaw(required(FreezerController.NAME));
    }

    @Override
    public List<Integer> pids() {
        return directories.getFirst().pids("cgroup.procs");
    }

    /**
     * The v2 hierarchy of a hybrid host can kill a group as a whole. Elsewhere the group is stopped, so that nothing
     * in it can fork away from the signals. While the group is being closed, some of its directories have gone.
     */
    @Override
    public void killAll() {
        Optional<CgroupDirectory> killer = unified.filter(group -> group.has("cgroup.kill"));
        Optional<CgroupDirectory> freezer = on(FreezerController.NAME).filter(CgroupDirectory::exists);
        killer.ifPresentOrElse(
                group -> group.write("cgroup.kill", "1"), () -> freezer.ifPresent(new FreezerController()::tryFreeze));
        directories.stream()
                .flatMap(group -> group.pids("cgroup.procs").stream())
                .distinct()
                .forEach(pid -> Kernel.running().raw(SystemCall.KILL, pid, SIGKILL));
        freezer.ifPresent(new FreezerController()::thaw);
    }

    @Override
    public void close() {
        directories.forEach(group -> group.removeTree(this::killAll));
        unified.ifPresent(group -> group.removeTree(this::killAll));
    }

    private Optional<CgroupDirectory> on(String controller) {
        return Optional.ofNullable(byController.get(controller));
    }

    private CgroupDirectory required(String controller) {
        return on(controller)
                .orElseThrow(() -> new CgroupException(
                        "this host's control groups have no " + controller + " controller, which " + path + " needs"));
    }
}
