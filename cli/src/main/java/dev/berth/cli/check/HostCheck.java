package dev.berth.cli.check;

import dev.berth.linux.KernelFeatures;
import dev.berth.linux.LinuxException;
import dev.berth.linux.namespace.Rootless;
import dev.berth.linux.namespace.SubordinateIds;
import dev.berth.linux.nftables.ForwardDrop;
import dev.berth.linux.nftables.Nftables;
import dev.berth.linux.quota.Hindrance;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at this host: the kernel and what it allows, control groups, limits, space. It changes nothing. */
public final class HostCheck {
    private static final int SYS_ADMIN = 21;
    private static final long FEW_FILES = 4_096;
    private static final long LITTLE_SPACE = 1L << 30;
    private static final long NO_SPACE = 64L << 20;
    private static final long LITTLE_MEMORY_KIB = 256 << 10;
    private static final String DEFAULT_BRIDGE = "berth0";

    private final Host host;
    private final Path dataRoot;
    private final List<ForwardDrop> forwardDrops;
    private final List<Finding> findings = new ArrayList<>();

    private HostCheck(Host host, Path dataRoot, List<ForwardDrop> forwardDrops) {
        this.host = host;
        this.forwardDrops = forwardDrops;
        this.dataRoot = dataRoot;
    }

    /** All findings, in an order to read them in. */
    public static List<Finding> run(Path dataRoot) {
        return new HostCheck(new Host(Path.of("/")), dataRoot, forwardDrops()).all();
    }

    /** Of a tree of files that stands for a host. */
    static List<Finding> ofTree(Path root, Path dataRoot, ForwardDrop... forwardDrops) {
        return new HostCheck(new Host(root), dataRoot, List.of(forwardDrops)).all();
    }

    /** None also where we may not look, or the kernel has no nf_tables. */
    private static List<ForwardDrop> forwardDrops() {
        try (Nftables nftables = Nftables.open()) {
            return nftables.forwardDrops();
        } catch (LinuxException e) {
            return List.of();
        }
    }

    private List<Finding> all() {
        machine();
        calls();
        rights();
        namespaces();
        overlay();
        findings.addAll(new CgroupCheck(host).findings());
        security();
        network();
        limits();
        space();
        levels();
        return List.copyOf(findings);
    }

    private void machine() {
        String kernel = host.text("/proc/sys/kernel/osrelease").orElse("unknown");
        findings.add(Finding.ok("kernel", "Linux " + kernel));
        String architecture = System.getProperty("os.arch");
        findings.add(
                List.of("amd64", "aarch64").contains(architecture)
                        ? Finding.ok("architecture", architecture)
                        : Finding.missing(
                                "architecture",
                                architecture + ": the launcher knows x86-64 and aarch64",
                                "use a machine of one of these"));
        findings.add(Finding.ok("java", System.getProperty("java.vm.version", "")));
    }

    private void calls() {
        List<KernelFeatures.Feature> probed = KernelFeatures.probe();
        List<KernelFeatures.Feature> missing =
                probed.stream().filter(feature -> !feature.there()).toList();
        for (KernelFeatures.Feature feature : missing) {
            findings.add(Finding.missing(
                    "system call " + feature.name(),
                    "not there",
                    "use Linux " + feature.since() + " or newer, or lift the filter that hides it from this process"));
        }
        if (missing.isEmpty()) {
            findings.add(Finding.ok(
                    "system calls",
                    probed.stream().map(KernelFeatures.Feature::name).collect(Collectors.joining(" "))));
        }
    }

    private void rights() {
        String effective = host.member("/proc/self/status", "CapEff").orElse("0");
        boolean admin =
                effective.matches("[0-9a-f]{1,16}") && (Long.parseUnsignedLong(effective, 16) >> SYS_ADMIN & 1) == 1;
        findings.add(admin ? Finding.ok("rights", "CAP_SYS_ADMIN") : ordinaryUser());
        if (!admin) {
            findings.add(users());
        }
    }

    /** What an engine without root can do: all within a user namespace, or nothing. */
    private Finding ordinaryUser() {
        boolean forbidden = host.says("/proc/sys/kernel/unprivileged_userns_clone", "0")
                || host.says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")
                || !host.isAtLeast("/proc/sys/user/max_user_namespaces", 1);
        return forbidden
                ? Finding.missing(
                        "rights",
                        "no CAP_SYS_ADMIN, and this host forbids ordinary users to make user namespaces",
                        "run \"berth daemon\" as root, or set kernel.unprivileged_userns_clone=1,"
                                + " kernel.apparmor_restrict_unprivileged_userns=0 and user.max_user_namespaces by sysctl")
                : Finding.warning(
                        "rights",
                        "an ordinary user: containers run in a user namespace, without limits and pauses,"
                                + " and bridge networks lead to no other host",
                        "run \"berth daemon\" as root to have these");
    }

    /** Who there is in an ordinary user's containers. */
    private Finding users() {
        SubordinateIds ids = SubordinateIds.read(host.root().resolve("etc"), Rootless.userName(), Rootless.user());
        return ids.hindrance(this::hasProgram)
                .map(reason -> Finding.warning(
                        "users", "an ordinary user's containers have one: there are no subordinate IDs", reason))
                .orElseGet(() -> Finding.ok("users", "root and " + ids.numberOfUsers() + " more"));
    }

    private boolean hasProgram(String name) {
        return Stream.of("/usr/local/bin/", "/usr/bin/", "/bin/").anyMatch(folder -> host.has(folder + name));
    }

    private void namespaces() {
        List<String> missing = new ArrayList<>();
        for (String kind : new String[] {"mnt", "pid", "net", "ipc", "uts"}) {
            if (!host.has("/proc/self/ns/" + kind)) {
                missing.add(kind);
            }
        }
        findings.add(
                missing.isEmpty()
                        ? Finding.ok("namespaces", "mnt pid net ipc uts")
                        : Finding.missing(
                                "namespaces",
                                "no " + String.join(" ", missing),
                                "use a kernel with CONFIG_NAMESPACES and CONFIG_"
                                        + missing.getFirst().toUpperCase(java.util.Locale.ROOT) + "_NS"));
        findings.add(
                host.has("/proc/self/ns/cgroup")
                        ? Finding.ok("cgroup namespaces", "there")
                        : Finding.warning(
                                "cgroup namespaces",
                                "not there: containers see the host's paths of control groups",
                                "use Linux 4.6 or newer with CONFIG_CGROUPS"));
        boolean users = host.has("/proc/self/ns/user") && host.isAtLeast("/proc/sys/user/max_user_namespaces", 1);
        findings.add(
                users
                        ? Finding.ok("user namespaces", "there")
                        : Finding.note(
                                "user namespaces",
                                "none may be made: containers cannot have users of their own",
                                "sysctl -w user.max_user_namespaces=15000"));
    }

    private void overlay() {
        boolean there = host.lines("/proc/filesystems").stream()
                .anyMatch(line -> line.strip().endsWith("overlay"));
        findings.add(
                there
                        ? Finding.ok("overlayfs", "there")
                        : Finding.missing(
                                "overlayfs",
                                "the kernel does not know it (yet)",
                                "modprobe overlay, or use a kernel with CONFIG_OVERLAY_FS"));
    }

    private void security() {
        findings.add(
                host.has("/proc/sys/kernel/seccomp/actions_avail")
                                || host.member("/proc/self/status", "Seccomp").isPresent()
                        ? Finding.ok("seccomp", "there")
                        : Finding.warning(
                                "seccomp",
                                "not there: containers can only run with --security-opt seccomp=unconfined",
                                "use a kernel with CONFIG_SECCOMP_FILTER"));
        findings.add(
                host.says("/sys/module/apparmor/parameters/enabled", "Y")
                        ? Finding.note("AppArmor", "enabled; Berth puts no profile on containers", "")
                        : Finding.note("AppArmor", "not there", ""));
        findings.add(
                host.has("/sys/fs/selinux/enforce")
                        ? Finding.note(
                                "SELinux",
                                host.says("/sys/fs/selinux/enforce", "1")
                                        ? "enforcing; Berth gives containers no label: what they may do with bind mounts"
                                                + " is the policy's to say"
                                        : "permissive",
                                "")
                        : Finding.note("SELinux", "not there", ""));
    }

    private void network() {
        findings.add(
                host.says("/proc/sys/net/ipv4/ip_forward", "1")
                        ? Finding.ok("IP forwarding", "on")
                        : Finding.note(
                                "IP forwarding",
                                "off: containers on a bridge could not reach the world",
                                "sysctl -w net.ipv4.ip_forward=1"));
        for (ForwardDrop drop : forwardDrops) {
            findings.add(Finding.warning(
                    "packet filter",
                    "nftables chain " + drop
                            + " drops what is forwarded unless a rule of it accepts: containers on a bridge that it does"
                            + " not know do not reach other hosts, nor do these reach published ports",
                    drop.remedy(DEFAULT_BRIDGE) + " (docker info names the bridges that it hinders)"));
        }
    }

    private void limits() {
        long files = host.lines("/proc/self/limits").stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).strip().split("\\s+", -1)[1])
                .mapToLong(limit -> limit.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit))
                .findFirst()
                .orElse(Long.MAX_VALUE);
        findings.add(
                files >= FEW_FILES
                        ? Finding.ok("open files", files == Long.MAX_VALUE ? "unlimited" : "up to " + files)
                        : Finding.warning(
                                "open files",
                                "at most " + files + ": enough for some " + files / 8 + " containers",
                                "ulimit -n 1048576, or LimitNOFILE= of the service"));
        findings.add(
                host.isAtLeast("/proc/sys/kernel/pid_max", 32_768)
                        ? Finding.ok(
                                "processes",
                                "up to " + host.text("/proc/sys/kernel/pid_max").orElse(""))
                        : Finding.warning(
                                "processes",
                                "at most "
                                        + host.text("/proc/sys/kernel/pid_max").orElse("unknown"),
                                "sysctl -w kernel.pid_max=4194304"));
        String memory = host.member("/proc/meminfo", "MemAvailable").orElse("0 kB");
        long kib = Long.parseLong("0" + memory.replaceAll("\\D", ""));
        findings.add(
                kib >= LITTLE_MEMORY_KIB
                        ? Finding.ok("memory", kib / 1024 + " MiB available")
                        : Finding.warning("memory", kib / 1024 + " MiB available", "end what is not needed"));
    }

    private void space() {
        Path there = dataRoot;
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            long free = store.getUsableSpace();
            String text = (free >> 20) + " MiB free for " + dataRoot + " (" + store.type() + ")";
            String mend =
                    "free some, or say --data-root of another file system; berth system prune frees what is unused";
            findings.add(
                    free < NO_SPACE
                            ? Finding.missing("disk", text, mend)
                            : free < LITTLE_SPACE ? Finding.warning("disk", text, mend) : Finding.ok("disk", text));
            if (List.of("overlay", "nfs", "nfs4", "vfat", "fuse", "9p").contains(store.type())) {
                findings.add(Finding.warning(
                        "data root",
                        store.type() + ": overlayfs may not keep containers' changes there",
                        "say --data-root of ext4, xfs, btrfs or tmpfs"));
            }
            findings.add(Hindrance.of(there)
                    .map(hindrance -> Finding.note(
                            "size limits", hindrance.found() + ": no --storage-opt size", hindrance.mend()))
                    .orElseGet(() -> Finding.ok("size limits", "project quotas are enforced")));
        } catch (IOException e) {
            findings.add(Finding.warning("disk", "cannot tell of " + dataRoot + ": " + e.getMessage(), ""));
        }
    }

    /** What other levels of virtualization would need. */
    private void levels() {
        findings.add(
                host.has("/dev/kvm")
                        ? Finding.note("KVM", host.canWrite("/dev/kvm") ? "there" : "there, but not for this user", "")
                        : Finding.note(
                                "KVM",
                                "not there: no virtual machines with the processor's help",
                                "enable virtualization in the firmware, or nested virtualization around this machine"));
        boolean binfmt = host.says("/proc/sys/fs/binfmt_misc/status", "enabled");
        findings.add(Finding.note(
                "foreign architectures",
                binfmt ? "binfmt_misc is on" : "not there: images of other processors do not run",
                binfmt ? "" : "mount binfmt_misc and install qemu-user-static"));
    }
}
