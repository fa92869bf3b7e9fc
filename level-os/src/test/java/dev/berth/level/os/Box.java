package dev.berth.level.os;

import dev.berth.level.Exit;
import dev.berth.level.MountSpec;
import dev.berth.level.Namespaces;
import dev.berth.level.Platform;
import dev.berth.level.ProcessSpec;
import dev.berth.level.Resources;
import dev.berth.level.Rootfs;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.SandboxSpec;
import dev.berth.level.Security;
import dev.berth.level.WindowSize;
import dev.berth.testing.BusyboxTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A level over busybox trees, and specifications to vary. */
final class Box implements AutoCloseable {
    private final AtomicInteger last = new AtomicInteger();
    private final Path dir;
    private final Path tree;
    final OsLevel level;

    Box(Path dir) throws IOException {
        this.dir = dir;
        this.tree = BusyboxTree.make(dir.resolve("tree"));
        this.level = OsLevel.open(Files.createDirectories(dir.resolve("exec")));
    }

    Path tree() {
        return tree;
    }

    /** What a process did. */
    record Result(int code, String out, String err, boolean oomKilled) {}

    ProcessSpec process(String... args) {
        return new ProcessSpec(
                List.of(args), List.of("PATH=/bin"), "/", "", List.of(), false, false, new WindowSize(24, 80), false);
    }

    ProcessSpec shell(String script) {
        return process("sh", "-c", script);
    }

    SandboxSpec spec(ProcessSpec process) throws IOException {
        String id = "box-" + ProcessHandle.current().pid() + "-" + last.incrementAndGet();
        Path state = Files.createDirectories(dir.resolve(id));
        return new SandboxSpec(
                id,
                Platform.host(),
                new Rootfs(
                        List.of(tree),
                        Files.createDirectory(state.resolve("upper")),
                        Files.createDirectory(state.resolve("work")),
                        false,
                        false),
                process,
                "boxhost",
                "",
                Namespaces.PRIVATE,
                List.of(),
                SandboxSpec.DEFAULT_SHM_SIZE_BYTES,
                Resources.UNLIMITED,
                Security.DEFAULT,
                Map.of(),
                false,
                "",
                state);
    }

    Result run(String script) throws Exception {
        return run(spec(shell(script)));
    }

    Result run(String script, UnaryOperator<SandboxSpec> change) throws Exception {
        return run(change.apply(spec(shell(script))));
    }

    Result run(SandboxSpec spec) throws Exception {
        try (Sandbox sandbox = level.create(spec)) {
            Collected output = new Collected();
            SandboxProcess process = sandbox.start(output);
            return result(process, output);
        }
    }

    static Result result(SandboxProcess process, Collected output) throws Exception {
        Exit exit = process.exit().get(30, TimeUnit.SECONDS);
        return new Result(exit.code(), output.out(), output.err(), exit.oomKilled());
    }

    static SandboxSpec with(SandboxSpec s, Security security) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                s.rootfs(),
                s.process(),
                s.hostname(),
                s.domainname(),
                s.namespaces(),
                s.mounts(),
                s.shmSizeBytes(),
                s.resources(),
                security,
                s.sysctls(),
                s.init(),
                s.cgroupParent(),
                s.stateDir());
    }

    static SandboxSpec with(SandboxSpec s, Resources resources) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                s.rootfs(),
                s.process(),
                s.hostname(),
                s.domainname(),
                s.namespaces(),
                s.mounts(),
                s.shmSizeBytes(),
                resources,
                s.security(),
                s.sysctls(),
                s.init(),
                s.cgroupParent(),
                s.stateDir());
    }

    static SandboxSpec with(SandboxSpec s, Namespaces namespaces) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                s.rootfs(),
                s.process(),
                s.hostname(),
                s.domainname(),
                namespaces,
                s.mounts(),
                s.shmSizeBytes(),
                s.resources(),
                s.security(),
                s.sysctls(),
                s.init(),
                s.cgroupParent(),
                s.stateDir());
    }

    static SandboxSpec with(SandboxSpec s, ProcessSpec process) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                s.rootfs(),
                process,
                s.hostname(),
                s.domainname(),
                s.namespaces(),
                s.mounts(),
                s.shmSizeBytes(),
                s.resources(),
                s.security(),
                s.sysctls(),
                s.init(),
                s.cgroupParent(),
                s.stateDir());
    }

    static SandboxSpec with(SandboxSpec s, Rootfs rootfs) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                rootfs,
                s.process(),
                s.hostname(),
                s.domainname(),
                s.namespaces(),
                s.mounts(),
                s.shmSizeBytes(),
                s.resources(),
                s.security(),
                s.sysctls(),
                s.init(),
                s.cgroupParent(),
                s.stateDir());
    }

    static SandboxSpec withMounts(SandboxSpec s, MountSpec... mounts) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                s.rootfs(),
                s.process(),
                s.hostname(),
                s.domainname(),
                s.namespaces(),
                new ArrayList<>(List.of(mounts)),
                s.shmSizeBytes(),
                s.resources(),
                s.security(),
                s.sysctls(),
                s.init(),
                s.cgroupParent(),
                s.stateDir());
    }

    static SandboxSpec withInit(SandboxSpec s) {
        return new SandboxSpec(
                s.id(),
                s.platform(),
                s.rootfs(),
                s.process(),
                s.hostname(),
                s.domainname(),
                s.namespaces(),
                s.mounts(),
                s.shmSizeBytes(),
                s.resources(),
                s.security(),
                s.sysctls(),
                true,
                s.cgroupParent(),
                s.stateDir());
    }

    static ProcessSpec user(ProcessSpec p, String user, String... groups) {
        return new ProcessSpec(
                p.args(),
                p.env(),
                p.workingDir(),
                user,
                List.of(groups),
                p.terminal(),
                p.openInput(),
                p.windowSize(),
                p.privileged());
    }

    static ProcessSpec streams(ProcessSpec p, boolean terminal, boolean openInput) {
        return new ProcessSpec(
                p.args(),
                p.env(),
                p.workingDir(),
                p.user(),
                p.additionalGroups(),
                terminal,
                openInput,
                p.windowSize(),
                p.privileged());
    }

    @Override
    public void close() {
        level.close();
    }
}
