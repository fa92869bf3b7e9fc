package dev.berth.linux.cgroup.v2;

import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A group on a v2 host. */
final class V2Cgroup implements Cgroup {
    private static final List<Controller> LIMITING = List.of(
            new MemoryController(),
            new CpuController(),
            new CpusetController(),
            new PidsController(),
            new IoController());

    private static final int SIGKILL = 9;

    private final String path;
    private final CgroupDirectory directory;

    V2Cgroup(String path, CgroupDirectory directory) {
        this.path = path;
        this.directory = directory;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public List<Path> entryFiles() {
        return List.of();
    }

    @Override
    public Optional<Path> cloneInto() {
        return Optional.of(directory.path());
    }

    @Override
    public void apply(CgroupLimits limits) {
        List<Controller> asked = LIMITING.stream()
                .filter(controller -> controller.isAskedFor(limits))
                .toList();
        List<String> there = asked.isEmpty()
                ? List.of()
                : List.of(directory.read("cgroup.controllers").split(" ", -1));
        for (Controller controller : asked) {
            if (!there.contains(controller.name())) {
                throw new CgroupException("this host's control groups have no " + controller.name()
                        + " controller, which " + path + " needs");
            }
            controller.apply(limits, directory);
        }
    }

    @Override
    public CgroupStats stats() {
        return new CgroupStats(
                new CpuController().stats(directory),
                new MemoryController().stats(directory),
                new PidsController().stats(directory),
                new IoController().stats(directory));
    }

    @Override
    public long oomKills() {
        return new MemoryController().oomKills(directory);
    }

    @Override
    public void freeze() {
        new FreezerController().freeze(directory);
    }

    @Override
    public void thaw() {
        new FreezerController().thaw(directory);
    }

    @Override
    public List<Integer> pids() {
        return directory.pids("cgroup.procs");
    }

    /** A frozen process ends all the same: v2 lets a kill through. */
    @Override
    public void killAll() {
        if (directory.has("cgroup.kill")) {
            directory.write("cgroup.kill", "1");
        } else { // before Linux 5.14
            pids().forEach(pid -> Kernel.running().raw(SystemCall.KILL, pid, SIGKILL));
        }
    }

    @Override
    public void close() {
        directory.removeTree(this::killAll);
    }
}
