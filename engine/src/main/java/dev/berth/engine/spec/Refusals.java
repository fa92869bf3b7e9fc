package dev.berth.engine.spec;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HealthConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.Limits;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.error.EngineException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What is refused before anything is made: what makes no sense, what is too much, and, by name, what is not supported. */
public final class Refusals {
    /** A host name as sethostname(2) takes it and as one line of a file can have it. */
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62})");

    private static final long HEALTH_DURATION_MIN_NANOS = 1_000_000;

    /** Docker's own by its names, for which our levels stand. */
    private static final Set<String> RUNTIMES = Set.of("", "runc", "io.containerd.runc.v2");

    private Refusals() {}

    /**
     * Checks a request as far as no part of a plan does it.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the part
     */
    public static void check(ContainerConfig config, HostConfig host, NetworkingConfig networking) {
        checkConfig(config);
        refuseUnsupported(host);
        refuseWindows(host);
        checkRestartPolicy(host);
        bound(networking.endpointsConfig().keySet(), "networks");
    }

    /**
     * Checks what a process is given.
     *
     * @throws EngineException INVALID where the kernel could not take it
     */
    public static void checkArguments(List<String> arguments, List<String> environment) {
        long bytes = 0;
        bound(arguments, "arguments");
        bound(environment, "environment variables");
        for (List<String> list : List.of(arguments, environment)) {

            for (String text : list) {
                if (text.indexOf('\0') >= 0) {
                    throw EngineException.invalid("an argument or environment variable has a NUL character in it");
                }
                bytes += text.length() + 1L;
            }
        }
        if (bytes > Limits.ARGUMENT_BYTES) {
            throw EngineException.invalid("the arguments and environment variables are " + bytes
                    + " bytes long together; at most " + Limits.ARGUMENT_BYTES + " are possible");
        }
        for (String variable : environment) {
            if (variable.isEmpty() || variable.startsWith("=")) {
                throw EngineException.invalid("invalid environment variable: " + variable);
            }
        }
    }

    private static void checkConfig(ContainerConfig config) {
        for (String name : List.of(config.hostname(), config.domainname())) {
            if (!name.isEmpty() && !HOSTNAME.matcher(name).matches()) {
                throw EngineException.invalid("invalid hostname format: " + name);
            }
        }
        if (!config.workingDir().isEmpty() && !config.workingDir().startsWith("/")) {
            throw EngineException.invalid(
                    "the working directory '" + config.workingDir() + "' is invalid, it needs to be an absolute path");
        }
        config.healthcheck().ifPresent(Refusals::checkHealth);
        bound(config.labels().keySet(), "labels");
        bound(config.volumes(), "volumes");
    }

    /** In Docker's words; zero stands for the default. */
    private static void checkHealth(HealthConfig health) {
        checkHealthDuration("Interval", health.interval());
        checkHealthDuration("Timeout", health.timeout());
        checkHealthDuration("StartPeriod", health.startPeriod());
        checkHealthDuration("StartInterval", health.startInterval());
        if (health.retries() < 0) {
            throw EngineException.invalid("Retries in Healthcheck cannot be negative");
        }
    }

    private static void checkHealthDuration(String name, long nanos) {
        if (nanos != 0 && nanos < HEALTH_DURATION_MIN_NANOS) {
            throw EngineException.invalid(name + " in Healthcheck cannot be less than 1ms");
        }
    }

    private static void refuseUnsupported(HostConfig host) {
        bound(host.binds(), "binds");
        bound(host.mounts(), "mounts");
        bound(host.extraHosts(), "extra hosts");
        bound(host.portBindings().keySet(), "published ports");
        bound(host.links(), "links");
        refuse(
                !host.volumeDriver().isEmpty() && !host.volumeDriver().equals("local"),
                "a volume driver (VolumeDriver)");
        refuse(
                StorageSize.of(host) != 0 && !host.rootfs().isEmpty(),
                "a size (StorageOpt) of a container on a tree of the host's");
        refuse(!host.cgroup().isEmpty(), "sharing a control group (Cgroup)");
        refuse(!host.deviceRequests().isEmpty(), "a request for devices (DeviceRequests), such as GPUs,");
        refuse(!host.usernsMode().isEmpty() && !host.usernsMode().equals("host"), "UsernsMode " + host.usernsMode());
        refuse(host.kernelMemory() != 0, "a limit on the kernel's memory (KernelMemory)");
        refuse(host.kernelMemoryTCP() != 0, "a limit on the kernel's memory for TCP (KernelMemoryTCP)");
        if (!RUNTIMES.contains(host.runtime())) {
            throw EngineException.invalid("unknown runtime specified " + host.runtime());
        }
    }

    private static void refuseWindows(HostConfig host) {
        if (!host.isolation().isEmpty() && !host.isolation().equals("default")) {
            throw EngineException.invalid(
                    "invalid isolation: \"" + host.isolation() + "\" - linux only supports 'default'");
        }
        refuse(host.cpuCount() != 0, "a limit of Windows (CpuCount)");
        refuse(host.cpuPercent() != 0, "a limit of Windows (CpuPercent)");
        refuse(host.ioMaximumIOps() != 0, "a limit of Windows (IOMaximumIOps)");
        refuse(host.ioMaximumBandwidth() != 0, "a limit of Windows (IOMaximumBandwidth)");
    }

    private static void checkRestartPolicy(HostConfig host) {
        String name = host.restartPolicy().name();
        int retries = host.restartPolicy().maximumRetryCount();
        switch (name) {
            case "no", "always", "unless-stopped" -> {
                if (retries != 0) {
                    throw EngineException.invalid(
                            "invalid restart policy: maximum retry count can only be used with" + " 'on-failure'");
                }
            }
            case "on-failure" -> {
                if (retries < 0) {
                    throw EngineException.invalid("invalid restart policy: maximum retry count cannot be negative");
                }
            }
            default ->
                throw EngineException.invalid("invalid restart policy: unknown policy '" + name
                        + "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        }
        if (host.autoRemove() && !name.equals("no")) {
            throw EngineException.invalid("can't create 'AutoRemove' container with restart policy");
        }
    }

    private static void bound(Collection<?> list, String what) {
        if (list.size() > Limits.LIST_ENTRIES) {
            throw EngineException.invalid(
                    list.size() + " " + what + " are too many; at most " + Limits.LIST_ENTRIES + " are possible");
        }
    }

    private static void refuse(boolean asked, String what) {
        if (asked) {
            throw EngineException.unsupported(what + " is not supported");
        }
    }
}
