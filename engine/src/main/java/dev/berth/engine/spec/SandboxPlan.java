package dev.berth.engine.spec;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.level.MountSpec;
import dev.berth.level.Namespaces;
import dev.berth.level.Platform;
import dev.berth.level.ProcessSpec;
import dev.berth.level.Resources;
import dev.berth.level.Rootfs;
import dev.berth.level.SandboxSpec;
import dev.berth.level.Security;
import dev.berth.level.WindowSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * All of a container's request that was found good, before anything is made of it.
 *
 * @param args the program and its arguments
 */
public record SandboxPlan(
        ContainerConfig config,
        HostConfig host,
        List<String> args,
        NamespacePlan namespaces,
        MountPlan mounts,
        Resources resources,
        Security security,
        Map<String, String> sysctls) {
    private static final Pattern CGROUP_PARENT = Pattern.compile("/?[A-Za-z0-9_.:@-]+(/[A-Za-z0-9_.:@-]+)*/?");

    /**
     * Checks a request, merged with its image's configuration.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the part
     */
    public static SandboxPlan of(ContainerConfig config, HostConfig host, NetworkingConfig networking) {
        Refusals.check(config, host, networking);
        NetworkFiles.check(host);
        List<String> args = new ArrayList<>(config.entrypoint());
        args.addAll(config.cmd());
        if (args.isEmpty() || args.getFirst().isEmpty()) {
            throw EngineException.invalid("no command specified");
        }
        Refusals.checkArguments(args, config.env());
        if (!host.cgroupParent().isEmpty()
                && (!CGROUP_PARENT.matcher(host.cgroupParent()).matches()
                        || List.of(host.cgroupParent().split("/")).contains(".."))) {
            throw EngineException.invalid("invalid cgroup parent: " + host.cgroupParent());
        }
        NamespacePlan namespaces = NamespacePlan.of(config, host, networking);
        return new SandboxPlan(
                config,
                host,
                List.copyOf(args),
                namespaces,
                MountPlan.of(config, host),
                ResourcePlan.of(host),
                SecurityPlan.of(host),
                SecurityPlan.sysctls(
                        host,
                        namespaces.network() instanceof NamespacePlan.Use.Own,
                        namespaces.ipc() instanceof NamespacePlan.Use.Own));
    }

    /**
     * The specification of one run.
     *
     * @param environment the first process's
     * @param others mounts of volumes, and those of other containers
     * @param files mounted over the image's, unless the user mounts others there
     */
    public SandboxSpec specification(
            String id,
            Platform platform,
            Rootfs rootfs,
            List<String> environment,
            WindowSize size,
            NetworkFiles files,
            Namespaces resolved,
            List<MountSpec> others,
            Path stateDir) {
        return new SandboxSpec(
                id,
                platform,
                rootfs,
                process(environment, size),
                namespaces.uts() instanceof NamespacePlan.Use.Hosts ? "" : config.hostname(),
                config.domainname(),
                resolved,
                mountSpecs(files, others),
                host.ipcMode().equals("none") ? 0 : host.shmSize(),
                resources,
                security,
                sysctls,
                host.init().orElse(false),
                host.cgroupParent(),
                stateDir);
    }

    private ProcessSpec process(List<String> environment, WindowSize size) {
        return new ProcessSpec(
                args,
                environment,
                config.workingDir().isEmpty() ? "/" : config.workingDir(),
                config.user(),
                host.groupAdd(),
                config.tty(),
                config.openStdin(),
                size,
                host.privileged());
    }

    private List<MountSpec> mountSpecs(NetworkFiles files, List<MountSpec> others) {
        Set<String> own = new HashSet<>();
        others.forEach(mount -> own.add(mount.target()));
        mounts.entries().forEach(entry -> own.add(entry.spec().target()));
        List<MountSpec> specs = new ArrayList<>();
        addFile(specs, own, files.resolvConf(), "/etc/resolv.conf");
        addFile(specs, own, files.hostname(), "/etc/hostname");
        addFile(specs, own, files.hosts(), "/etc/hosts");
        if (namespaces.ipc() instanceof NamespacePlan.Use.Hosts && !own.contains("/dev/shm")) {
            specs.add(new MountSpec.Bind(Path.of("/dev/shm"), "/dev/shm", false, true, "rprivate"));
        }
        specs.addAll(others);
        mounts.entries().forEach(entry -> specs.add(entry.spec()));
        specs.sort(Comparator.comparingInt(spec -> Path.of(spec.target()).getNameCount()));
        return List.copyOf(specs);
    }

    private void addFile(List<MountSpec> specs, Set<String> own, Path file, String target) {
        if (!own.contains(target)) {
            specs.add(new MountSpec.Bind(file, target, host.readonlyRootfs(), false, "rprivate"));
        }
    }
}
