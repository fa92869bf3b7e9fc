package dev.berth.level.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.level.MountSpec;
import dev.berth.level.Resources;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxSpec;
import dev.berth.level.Security;
import dev.berth.level.os.launch.RootSource;
import dev.berth.level.os.oci.RuntimeConfig;
import dev.berth.level.os.process.Streams;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One OCI configuration, run by us and by runc: what a process sees of its container must be the same, but for the
 * differences listed and argued here.
 */
@Needs({Need.ROOT, Need.BUSYBOX, Need.RUNC})
@LeavesNothingBehind
class RuncDifferenceTest {
    private static final String SCRIPT = """
            section() { echo "== $1"; }
            section status; grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Umask|SigBlk|SigIgn)' /proc/self/status
            section limits; cat /proc/self/limits
            section environment; env | busybox sort
            section directory; busybox pwd; busybox hostname
            section dev; for f in /dev/* /dev/pts/*; do busybox stat -c '%A %u %g %t:%T %N' $f; done
            section mounts; cat /proc/self/mountinfo
            section groups; cat /proc/self/cgroup; cat /proc/self/oom_score_adj
            section values
            for f in memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes cpu/cpu.shares \
                     cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus cpuset/cpuset.mems pids/pids.max \
                     memory.max memory.low cpu.max cpu.weight cpuset.cpus cpuset.mems pids.max; do
              test -f /sys/fs/cgroup/$f && echo $f && cat /sys/fs/cgroup/$f
            done
            section devices; test -f /sys/fs/cgroup/devices/devices.list && busybox sort /sys/fs/cgroup/devices/devices.list
            section sysctl; cat /proc/sys/net/ipv4/ip_unprivileged_port_start
            section links; ip -o link | busybox sed 's/ qlen.*//'
            section files; ls /proc/self/fd | wc -l
            """;

    /**
     * What may differ: a line of ours, and runc's. The directory of the hierarchy that has only a name is bound by us, as
     * those of the others, and so has the source of the host's mount. The tmpfs above the control groups' hierarchies is to be read-only by
     * the configuration; runc 1.1 leaves it writable where there is a cgroup namespace, and a container could hide its
     * own limits from its own programs there.
     */
    private static final Map<String, String> ARGUED = Map.of(
            "/sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime  - cgroup cgroup rw,name=systemd",
            "/sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime  - cgroup systemd rw,name=systemd",
            "/sys/fs/cgroup ro,nosuid,nodev,noexec,relatime  - tmpfs tmpfs rw,mode=755",
            "/sys/fs/cgroup rw,nosuid,nodev,noexec,relatime  - tmpfs tmpfs rw,mode=755");

    @TempDir
    Path dir;

    @Test
    void aProcessSeesTheSameWithUsAndWithRunc() throws Exception {
        try (Box box = new Box(dir)) {
            compare(box, box.spec(box.shell(SCRIPT)));
        }
    }

    @Test
    void andSoItDoesWithLimitsAUserAndMounts() throws Exception {
        Path shared = Files.createDirectory(dir.resolve("shared"));
        try (Box box = new Box(dir)) {
            SandboxSpec spec = Box.with(
                    box.spec(Box.user(box.shell(SCRIPT), "nobody", "55")),
                    new Resources(
                            OptionalLong.of(64 << 20),
                            OptionalLong.empty(),
                            OptionalLong.of(32 << 20),
                            OptionalLong.of(512),
                            OptionalLong.of(50_000),
                            OptionalLong.of(100_000),
                            "0",
                            "0",
                            OptionalLong.of(100),
                            false,
                            0,
                            List.of(new Resources.Rlimit("nofile", 100, 200), new Resources.Rlimit("core", 0, 0))));
            compare(
                    box,
                    Box.with(
                            Box.withMounts(
                                    spec,
                                    new MountSpec.Bind(shared, "/data/deep", false, true, ""),
                                    new MountSpec.Bind(shared, "/ro", true, false, "private"),
                                    new MountSpec.Tmpfs("/scratch", List.of("size=1m", "mode=700"))),
                            new Security(
                                    false,
                                    List.of("NET_ADMIN"),
                                    List.of("MKNOD", "CHOWN"),
                                    true,
                                    new Security.Seccomp.Default(),
                                    List.of(new Security.Device("/dev/zero", "/dev/my/zero", "rw")),
                                    Optional.empty(),
                                    Optional.empty())));
        }
    }

    private void compare(Box box, SandboxSpec spec) throws Exception {
        // The trees are bound as they are: runc takes a directory, so both get one.
        RuntimeConfig config = box.level.configure(spec);
        Map<String, List<String>> ours = sections(runOurs(box, spec, config));
        Map<String, List<String>> theirs = sections(runRunc(box, spec, config));
        assertThat(ours.keySet()).isEqualTo(theirs.keySet()).contains("links", "mounts");
        theirs.forEach((name, lines) -> assertThat(ours.get(name)).as(name).containsExactlyElementsOf(lines));
    }

    private String runOurs(Box box, SandboxSpec spec, RuntimeConfig config) throws Exception {
        Streams.Shape shape = Streams.Shape.of(spec.process());
        try (Sandbox sandbox =
                box.level.create(spec.id(), config, new RootSource.Tree(box.tree()), shape, spec.stateDir())) {
            Collected output = new Collected();
            Box.Result result = Box.result(sandbox.start(output), output);
            assertThat(result.err()).isEmpty();
            return result.out();
        }
    }

    private String runRunc(Box box, SandboxSpec spec, RuntimeConfig config) throws Exception {
        Path bundle = Files.createDirectory(dir.resolve("bundle"));
        RuntimeConfig rooted = new RuntimeConfig(
                config.ociVersion(),
                config.process(),
                new RuntimeConfig.Root(box.tree().toString(), config.root().readonly()),
                config.hostname(),
                config.domainname(),
                config.mounts(),
                config.linux());
        Files.writeString(
                bundle.resolve("config.json"),
                Jsonb.builder().build().type(RuntimeConfig.class).toJson(rooted));
        Path state = dir.resolve("runc");
        Process process = new ProcessBuilder("runc", "--root", state.toString(), "run", spec.id())
                .directory(bundle.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(dir.resolve("runc.err").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(dir.resolve("runc.err"))).isEmpty();
        return output;
    }

    /** The output's parts, by name, without what differs from run to run or is allowed to differ. */
    private static Map<String, List<String>> sections(String output) throws IOException {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        for (String part : output.split("(?m)^== ")) {
            if (!part.isEmpty()) {
                List<String> lines = part.lines().toList();
                sections.put(lines.getFirst(), new ArrayList<>(lines.subList(1, lines.size())));
            }
        }
        sections.computeIfPresent("mounts", (name, lines) -> mounts(lines));
        return sections;
    }

    /**
     * Mount points with their options, propagation, types and sources; without the numbers of mounts and devices, which
     * are different in every container, and in the order of their mount points: ours are made in another order where
     * none covers the other.
     */
    private static List<String> mounts(List<String> lines) {
        TreeSet<String> mounts = new TreeSet<>();
        for (String line : lines) {
            String[] halves = line.split(" - ", 2);
            String[] f = halves[0].split(" ");
            String tags = String.join(" ", List.of(f).subList(6, f.length)).replaceAll("[0-9]+", "N");
            String mount = f[4] + " " + f[5] + " " + tags + " - " + halves[1];
            mounts.add(ARGUED.getOrDefault(mount, mount));
        }
        return List.copyOf(mounts);
    }
}
