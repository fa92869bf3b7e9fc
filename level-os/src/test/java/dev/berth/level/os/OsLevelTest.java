package dev.berth.level.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.level.LevelException;
import dev.berth.level.MountSpec;
import dev.berth.level.NamespaceMode;
import dev.berth.level.Namespaces;
import dev.berth.level.ProcessOutput;
import dev.berth.level.Resources;
import dev.berth.level.Rootfs;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.SandboxSpec;
import dev.berth.level.Security;
import dev.berth.level.WindowSize;
import dev.berth.level.os.host.HostFacts;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class OsLevelTest {
    private static final int SIGTERM = 15;

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

    @Test
    void aProcessRunsInNamespacesOfItsOwn() throws Exception {
        Box.Result result = box.run("echo pid $$; hostname; ls /; ip -o link; echo oops >&2; exit 3");
        assertThat(result.err()).isEqualTo("oops\n");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out())
                .contains("pid 1\n", "boxhost\n", "1: lo: <LOOPBACK,UP")
                .doesNotContain("2: ");
    }

    @Test
    void standardMountsAndNodesAreThere() throws Exception {
        Box.Result result = box.run("stat -c %t:%T /dev/null /dev/tty; ls -l /dev/fd /dev/ptmx; cat /proc/mounts;"
                + " test -c /dev/urandom && echo x >/dev/null && echo fine");
        assertThat(result.out())
                .contains("1:3\n5:0\n", "/dev/fd -> /proc/self/fd", "/dev/ptmx -> pts/ptmx", "fine")
                .contains("overlay / overlay rw", "proc /proc proc rw", "sysfs /sys sysfs ro", "devpts /dev/pts devpts")
                .contains("/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k", "mqueue /dev/mqueue mqueue");
    }

    @Test
    void kernelFilesAreMaskedAndReadOnly() throws Exception {
        Box.Result result = box.run("wc -c </proc/keys; ls /sys/firmware | wc -l; echo 1 >/proc/sys/kernel/hostname");
        assertThat(result.out()).isEqualTo("0\n0\n");
        assertThat(result.err()).containsIgnoringCase("read-only file system");
    }

    @Test
    void theDefaultCapabilitiesAreDockers() throws Exception {
        assertThat(box.run("grep -E 'Cap|Seccomp:|NoNew' /proc/self/status").out())
                .contains("CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb", "CapInh:\t0000000000000000")
                .contains("Seccomp:\t2", "NoNewPrivs:\t0");
    }

    @Test
    void capabilitiesAreAddedAndDropped() throws Exception {
        Security security = new Security(
                false,
                List.of("SYS_PTRACE"),
                List.of("ALL"),
                true,
                new Security.Seccomp.Unconfined(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        assertThat(box.run("grep -E 'CapEff|Seccomp:|NoNew' /proc/self/status", s -> Box.with(s, security))
                        .out())
                .isEqualTo("CapEff:\t0000000000080000\nNoNewPrivs:\t1\nSeccomp:\t0\n");
    }

    @Test
    void theSystemCallPolicyIsEnforced() throws Exception {
        Security security = new Security(
                false,
                List.of(),
                List.of(),
                false,
                new Security.Seccomp.Profile("""
                        {"defaultAction": "SCMP_ACT_ALLOW",
                         "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}]}
                        """),
                List.of(),
                Optional.empty(),
                Optional.empty());
        Box.Result result = box.run("mkdir /x", s -> Box.with(s, security));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("File descriptor in bad state"); // what strerror says of 77
    }

    @Test
    void aPrivilegedContainerHasAllThatWeHave() throws Exception {
        Security privileged = new Security(
                true,
                List.of(),
                List.of(),
                false,
                new Security.Seccomp.Default(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        Box.Result result = box.run(
                "mkdir /tmp/m && mount -t tmpfs x /tmp/m && grep Seccomp: /proc/self/status; ls /dev | wc -l",
                s -> Box.with(s, privileged));
        assertThat(result.out()).startsWith("Seccomp:\t0\n");
        assertThat(result.code()).isZero();
    }

    @Test
    void usersAndGroupsAreTheContainersOwn() throws Exception {
        SandboxSpec spec = box.spec(Box.user(box.shell("id; echo $HOME; touch /x"), "nobody", "55"));
        Box.Result result = box.run(spec);
        assertThat(result.out())
                .isEqualTo("uid=65534(nobody) gid=65534(nogroup) groups=50(staff),55,65534(nogroup)\n/nonexistent\n");
        assertThat(result.err()).contains("Permission denied");
    }

    @Test
    void anUnknownUserIsNamed() throws Exception {
        SandboxSpec spec = box.spec(Box.user(box.shell("id"), "nosuch"));
        assertThatThrownBy(() -> box.run(spec))
                .isInstanceOf(LevelException.class)
                .hasMessage("unable to find user nosuch: no matching entries in passwd file");
    }

    @Test
    void aMissingProgramIsToldApartFromOneThatCannotRun() throws Exception {
        assertThatThrownBy(() -> box.run(box.spec(box.process("nosuch"))))
                .hasMessageContaining("exec: \"nosuch\": executable file not found in $PATH")
                .extracting(e -> ((LevelException) e).kind())
                .isEqualTo(LevelException.Kind.NOT_FOUND);
        assertThatThrownBy(() -> box.run(box.spec(box.process("/bin/nosuch"))))
                .hasMessageContaining("no such file or directory")
                .extracting(e -> ((LevelException) e).kind())
                .isEqualTo(LevelException.Kind.NOT_FOUND);
        assertThatThrownBy(() -> box.run(box.spec(box.process("/etc/passwd"))))
                .hasMessageContaining("permission denied")
                .extracting(e -> ((LevelException) e).kind())
                .isEqualTo(LevelException.Kind.NOT_EXECUTABLE);
    }

    @Test
    void changesGoToTheUpperDirectoryAlone() throws Exception {
        SandboxSpec spec = box.spec(box.shell("echo new >/etc/passwd; rm /bin/wc"));
        assertThat(box.run(spec).code()).isZero();
        assertThat(Files.readString(box.tree().resolve("etc/passwd"))).startsWith("root");
        assertThat(Files.readString(spec.rootfs().upper().resolve("etc/passwd")))
                .isEqualTo("new\n");
    }

    @Test
    void aReadOnlyRootTakesNoChanges() throws Exception {
        Box.Result result = box.run("touch /x; touch /dev/shm/y && echo ok", s -> {
            Rootfs r = s.rootfs();
            return Box.with(s, new Rootfs(r.lower(), r.upper(), r.work(), true, false));
        });
        assertThat(result.err()).containsIgnoringCase("read-only");
        assertThat(result.out()).isEqualTo("ok\n");
    }

    @Test
    void theHostsOwnTreeIsALowerLayerWithScratchChanges() throws Exception {
        Box.Result result = box.run("touch /berth-was-here && ls /berth-was-here", s -> {
            Rootfs r = s.rootfs();
            return Box.with(s, new Rootfs(List.of(Path.of("/")), r.upper(), r.work(), false, true));
        });
        assertThat(result.out()).isEqualTo("/berth-was-here\n");
        assertThat(Path.of("/berth-was-here")).doesNotExist();
    }

    @Test
    void hostFilesAndMemoryAreMounted() throws Exception {
        Path shared = Files.createDirectory(dir.resolve("shared"));
        Files.writeString(shared.resolve("a"), "from the host");
        Box.Result result = box.run(
                "cat /data/a; echo back >/data/b; touch /ro/x; cat /one; grep /scratch /proc/mounts",
                s -> Box.withMounts(
                        s,
                        new MountSpec.Bind(shared, "/data", false, true, ""),
                        new MountSpec.Bind(shared, "/ro", true, true, ""),
                        new MountSpec.Bind(shared.resolve("a"), "/one", true, true, ""),
                        new MountSpec.Tmpfs("/scratch", List.of("size=1m"))));
        assertThat(result.out()).startsWith("from the hostfrom the host").contains("tmpfs /scratch tmpfs rw", "1024k");
        assertThat(result.err()).containsIgnoringCase("read-only");
        assertThat(Files.readString(shared.resolve("b"))).isEqualTo("back\n");
    }

    @Test
    void aLinkInTheImageLeadsNoMountOutOfIt() throws Exception {
        Path victim = Files.createDirectory(dir.resolve("victim"));
        Path shared = Files.createDirectory(dir.resolve("shared"));
        Files.createSymbolicLink(box.tree().resolve("trap"), victim);
        Box.Result result = box.run(
                "touch /trap/inside; ls -d " + victim,
                s -> Box.withMounts(s, new MountSpec.Bind(shared, "/trap", false, true, "")));
        assertThat(victim).isEmptyDirectory();
        assertThat(shared.resolve("inside")).exists();
        assertThat(result.code()).isZero();
    }

    @Test
    void limitsAreSetAndMemoryRunsOut() throws Exception {
        Resources resources = new Resources(
                OptionalLong.of(32 << 20),
                OptionalLong.of(32 << 20),
                OptionalLong.empty(),
                OptionalLong.of(512),
                OptionalLong.of(50_000),
                OptionalLong.of(100_000),
                "0",
                "",
                OptionalLong.of(20),
                false,
                0,
                List.of(new Resources.Rlimit("nofile", 100, 200)));
        Box.Result result = box.run(
                "ulimit -n; ulimit -Hn; dd if=/dev/zero of=/dev/shm/x bs=1M count=60", s -> Box.with(s, resources));
        assertThat(result.out()).isEqualTo("100\n200\n");
        assertThat(result.oomKilled()).isTrue();
    }

    @Test
    void theEnginesOwnLimitOfOpenFilesIsNotInherited() throws Exception {
        long most = HostFacts.read().openFiles();
        assertThat(box.run("ulimit -n; ulimit -Hn").out())
                .isEqualTo(Math.min(1024, most) + "\n" + Math.min(524_288, most) + "\n");
    }

    @Test
    void aTerminalIsATerminal() throws Exception {
        SandboxSpec spec =
                box.spec(Box.streams(box.shell("tty; stty size; read line; stty size; echo got $line"), true, true));
        try (Sandbox sandbox = box.level.create(spec)) {
            Collected output = new Collected();
            SandboxProcess process = sandbox.start(output);
            output.await("24 80");
            process.resize(new WindowSize(40, 100));
            process.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8)))
                    .get(10, TimeUnit.SECONDS);
            assertThat(Box.result(process, output).code()).isZero();
            assertThat(output.out()).startsWith("/dev/pts/0\r\n").contains("40 100\r\n", "got hello\r\n");
        }
    }

    @Test
    void inputGoesInAndEnds() throws Exception {
        try (Sandbox sandbox = box.level.create(box.spec(Box.streams(box.process("wc", "-c"), false, true)))) {
            Collected output = new Collected();
            SandboxProcess process = sandbox.start(output);
            process.write(ByteBuffer.allocate(300_000)).get(20, TimeUnit.SECONDS);
            process.closeInput();
            assertThat(Box.result(process, output).out()).isEqualTo("300000\n");
        }
    }

    @Test
    void furtherProcessesJoinTheContainer() throws Exception {
        try (Sandbox sandbox = box.level.create(box.spec(box.process("sleep", "100")))) {
            sandbox.start(ProcessOutput.discard());
            Collected output = new Collected();
            SandboxProcess further = sandbox.exec(
                    Box.user(
                            box.shell("hostname; id -u; ps; grep -E 'CapBnd|Seccomp:' /proc/self/status; exit 7"),
                            "nobody"),
                    output);
            Box.Result result = Box.result(further, output);
            assertThat(result.code()).isEqualTo(7);
            assertThat(result.out())
                    .contains("boxhost\n65534\n", "sleep 100", "CapBnd:\t00000000a80425fb", "Seccomp:\t2");
            assertThat(sandbox.pids()).hasSize(1);

            Collected terminal = new Collected();
            SandboxProcess shell = sandbox.exec(Box.streams(box.shell("tty; echo done"), true, true), terminal);
            assertThat(Box.result(shell, terminal).out()).isEqualTo("/dev/pts/0\r\ndone\r\n");
            assertThatThrownBy(() -> sandbox.exec(box.process("nosuch"), ProcessOutput.discard()))
                    .hasMessageContaining("executable file not found in $PATH");
        }
    }

    @Test
    void aProcessThatOutlivesAnExecDoesNotHoldItUp() throws Exception {
        try (Sandbox sandbox = box.level.create(box.spec(box.process("sleep", "100")))) {
            sandbox.start(ProcessOutput.discard());
            Collected output = new Collected();
            SandboxProcess further = sandbox.exec(box.shell("sleep 50 & echo started"), output);
            assertThat(Box.result(further, output).out()).isEqualTo("started\n");
        }
    }

    @Test
    void signalsReachTheFirstProcess() throws Exception {
        SandboxSpec spec =
                box.spec(box.shell("trap 'echo term; exit 9' TERM; echo ready; while :; do sleep 0.1; done"));
        try (Sandbox sandbox = box.level.create(spec)) {
            Collected output = new Collected();
            SandboxProcess process = sandbox.start(output);
            output.await("ready");
            sandbox.signal(SIGTERM);
            assertThat(Box.result(process, output)).isEqualTo(new Box.Result(9, "ready\nterm\n", "", false));
            assertThatThrownBy(() -> sandbox.signal(SIGTERM))
                    .extracting(e -> ((LevelException) e).kind())
                    .isEqualTo(LevelException.Kind.CONFLICT);
        }
    }

    @Test
    void anInitReapsAndPassesSignalsOn() throws Exception {
        SandboxSpec spec =
                Box.withInit(box.spec(box.shell("trap 'exit 9' TERM; echo $$ ready; while :; do sleep 0.1; done")));
        try (Sandbox sandbox = box.level.create(spec)) {
            Collected output = new Collected();
            SandboxProcess process = sandbox.start(output);
            output.await("ready");
            sandbox.signal(SIGTERM);
            assertThat(Box.result(process, output).code()).isEqualTo(9);
            assertThat(output.out()).doesNotStartWith("1 ");
        }
    }

    @Test
    void aPausedContainerStandsStill() throws Exception {
        try (Sandbox sandbox = box.level.create(box.spec(box.shell("while :; do echo tick; sleep 0.02; done")))) {
            AtomicLong ticks = new AtomicLong();
            sandbox.start(new ProcessOutput() {
                @Override
                public boolean data(Stream stream, ByteBuffer bytes) {
                    ticks.incrementAndGet();
                    return true;
                }

                @Override
                public void end(Stream stream) {}
            });
            sandbox.pause();
            Thread.sleep(200); // what was in the pipe comes still
            long before = ticks.get();
            Thread.sleep(300);
            assertThat(ticks.get()).isEqualTo(before);
            sandbox.resume();
            for (int i = 0; i < 100 && ticks.get() == before; i++) {
                Thread.sleep(50);
            }
            assertThat(ticks.get()).isGreaterThan(before);
            assertThat(sandbox.stats().pids()).isGreaterThan(0);
        }
    }

    @Test
    void outputWaitsForASlowTaker() throws Exception {
        try (Sandbox sandbox = box.level.create(box.spec(box.shell("seq 1 100000")))) {
            Collected all = new Collected();
            SandboxProcess[] process = new SandboxProcess[1];
            ProcessOutput slow = new ProcessOutput() {
                @Override
                public boolean data(Stream stream, ByteBuffer bytes) {
                    all.data(stream, bytes);
                    Thread.ofVirtual().start(() -> {
                        try {
                            Thread.sleep(5);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        process[0].resumeOutput();
                    });
                    return false;
                }

                @Override
                public void end(Stream stream) {}
            };
            synchronized (slow) {
                process[0] = sandbox.start(slow);
            }
            process[0].exit().get(30, TimeUnit.SECONDS);
            assertThat(all.out()).endsWith("99999\n100000\n").hasSize(588_895);
        }
    }

    @Test
    void closingEndsWhatRuns() throws Exception {
        Sandbox sandbox = box.level.create(box.spec(box.shell("sleep 100 & sleep 200")));
        SandboxProcess process = sandbox.start(ProcessOutput.discard());
        sandbox.close();
        assertThat(process.exit().get(1, TimeUnit.SECONDS).code()).isEqualTo(137);
    }

    @Test
    void theHostsNamespacesAreShared() throws Exception {
        Namespaces host = new Namespaces(
                NamespaceMode.HOST, NamespaceMode.HOST, NamespaceMode.HOST, NamespaceMode.HOST, NamespaceMode.HOST);
        Box.Result result =
                box.run("ls -l /proc/self/ns | grep -E ' (net|pid|ipc|uts|cgroup) '", s -> Box.with(s, host));
        for (String kind : List.of("net", "pid", "ipc", "uts", "cgroup")) {
            String own =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
            assertThat(result.out()).contains(own);
        }
    }

    @Test
    void aSandboxJoinsTheNamespacesOfAnother() throws Exception {
        try (Sandbox first = box.level.create(box.spec(box.process("sleep", "100")))) {
            first.start(ProcessOutput.discard());
            NamespaceMode joined = new NamespaceMode.Joined(first.id());
            Namespaces namespaces = new Namespaces(joined, joined, joined, joined, NamespaceMode.PRIVATE);
            Box.Result result = box.run("ps; hostname", s -> Box.with(s, namespaces));
            assertThat(result.out()).contains("sleep 100", "boxhost");
        }
    }
}
