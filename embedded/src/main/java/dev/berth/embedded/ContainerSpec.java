package dev.berth.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A container to be made: an image, and what is to be otherwise than the image says. Immutable; each method gives a
 * specification with one thing more. What makes no sense is told when the container is made.
 */
public final class ContainerSpec {
    private static final String LOOPBACK = "127.0.0.1";

    private final String image;
    private final Optional<String> name;
    private final Optional<String> platform;
    private final Pull pull;
    /** As Docker's {@code POST /containers/create} has them: the engine reads the same. */
    private final Map<String, Object> config;

    private final Map<String, Object> host;
    private final Map<String, Object> endpoints;

    /** When an image is fetched from its registry. */
    public enum Pull {
        /** Where it is not here. */
        MISSING,
        /** Each time. */
        ALWAYS,
        /** Not at all: one that is not here is a failure. */
        NEVER
    }

    private ContainerSpec(
            String image,
            Optional<String> name,
            Optional<String> platform,
            Pull pull,
            Map<String, Object> config,
            Map<String, Object> host,
            Map<String, Object> endpoints) {
        this.image = image;
        this.name = name;
        this.platform = platform;
        this.pull = pull;
        this.config = config;
        this.host = host;
        this.endpoints = endpoints;
    }

    /** A container of an image, as the image says. */
    public static ContainerSpec of(String image) {
        return new ContainerSpec(
                image, Optional.empty(), Optional.empty(), Pull.MISSING, Map.of("Image", image), Map.of(), Map.of());
    }

    /** With a name of its own, by which others of its networks find it. */
    public ContainerSpec name(String unique) {
        return new ContainerSpec(image, Optional.of(unique), platform, pull, config, host, endpoints);
    }

    /** Of the image for another platform: {@code linux/386}. */
    public ContainerSpec platform(String other) {
        return new ContainerSpec(image, name, Optional.of(other), pull, config, host, endpoints);
    }

    /** When the image is fetched; {@link Pull#MISSING} where nothing is said. */
    public ContainerSpec pull(Pull when) {
        return new ContainerSpec(image, name, platform, when, config, host, endpoints);
    }

    /** Runs this: the arguments of the image's entry point, or a program and its arguments where there is none. */
    public ContainerSpec command(String... words) {
        return config("Cmd", List.of(words));
    }

    /** Runs this program, in place of the image's entry point. */
    public ContainerSpec entrypoint(String... words) {
        return config("Entrypoint", List.of(words));
    }

    /** With one more variable of the environment. */
    public ContainerSpec env(String variable, String value) {
        return config("Env", appended(config.get("Env"), variable + "=" + value));
    }

    /** With a label, which images and people may look for. */
    public ContainerSpec label(String key, String value) {
        return config("Labels", put(config.get("Labels"), key, value));
    }

    /** As this user: {@code name|uid[:group|gid]}. */
    public ContainerSpec user(String user) {
        return config("User", user);
    }

    /** In this directory. */
    public ContainerSpec workingDirectory(String path) {
        return config("WorkingDir", path);
    }

    /** On a host of this name; without one, of the container's short ID. */
    public ContainerSpec hostname(String hostname) {
        return config("Hostname", hostname);
    }

    /** Asked to end by this signal, {@code SIGINT}; SIGTERM where nothing is said. */
    public ContainerSpec stopSignal(String signal) {
        return config("StopSignal", signal);
    }

    /** With so much time to end after it was asked to; ten seconds where nothing is said. */
    public ContainerSpec stopTimeout(Duration patience) {
        return config("StopTimeout", patience.toSeconds());
    }

    /** With a look at its health; see {@link Container#awaitHealthy}. */
    public ContainerSpec health(HealthCheck check) {
        List<String> test = new ArrayList<>(List.of("CMD"));
        test.addAll(check.command());
        return config(
                "Healthcheck",
                Map.of(
                        "Test", test,
                        "Interval", check.interval().toNanos(),
                        "Timeout", check.timeout().toNanos(),
                        "Retries", check.retries(),
                        "StartPeriod", check.startPeriod().toNanos()));
    }

    /** With a port (TCP) that a free one of the host's leads to, at loopback alone: {@link Container#hostPort} tells it. */
    public ContainerSpec port(int containerPort) {
        return publish(containerPort, "tcp", LOOPBACK, "");
    }

    /** With a port (TCP) that this port of the host's leads to, at loopback alone. */
    public ContainerSpec port(int containerPort, int hostPort) {
        return publish(containerPort, "tcp", LOOPBACK, Integer.toString(hostPort));
    }

    /**
     * With a port that one of the host's leads to.
     *
     * @param protocol {@code tcp} or {@code udp}
     * @param hostAddress at which the host takes connections: {@code 0.0.0.0} for all of its IPv4
     * @param hostPort a number, a range ({@code 8000-8010}) of which a free one is taken, or nothing for any free one
     */
    public ContainerSpec publish(int containerPort, String protocol, String hostAddress, String hostPort) {
        String port = containerPort + "/" + protocol;
        Map<String, Object> binding = Map.of("HostIp", hostAddress, "HostPort", hostPort);
        ContainerSpec exposed = config("ExposedPorts", put(config.get("ExposedPorts"), port, Map.of()));
        return exposed.host("PortBindings", put(host.get("PortBindings"), port, List.of(binding)));
    }

    /** On a network, where others find it by its name and these. The first network is the one that it reaches the world by. */
    public ContainerSpec network(Network network, String... aliases) {
        return network(network.name(), aliases);
    }

    /** As {@link #network(Network, String...)}, by the network's name. */
    public ContainerSpec network(String network, String... aliases) {
        ContainerSpec joined = endpoints.isEmpty() ? host("NetworkMode", network) : this;
        return new ContainerSpec(
                image,
                name,
                platform,
                pull,
                config,
                joined.host,
                put(endpoints, network, Map.of("Aliases", List.of(aliases))));
    }

    /** With loopback alone. */
    public ContainerSpec noNetwork() {
        return host("NetworkMode", "none");
    }

    /** With the host's own network. */
    public ContainerSpec hostNetwork() {
        return host("NetworkMode", "host");
    }

    /** Knows one more host by its name. */
    public ContainerSpec extraHost(String hostname, String address) {
        return host("ExtraHosts", appended(host.get("ExtraHosts"), hostname + ":" + address));
    }

    /** Asks this name server. */
    public ContainerSpec dns(String address) {
        return host("Dns", appended(host.get("Dns"), address));
    }

    /** Sees a file or folder of the host's, and may change it. */
    public ContainerSpec bind(Path source, String target) {
        return mount("bind", source.toAbsolutePath().toString(), target, false);
    }

    /** Sees a file or folder of the host's. */
    public ContainerSpec bindReadOnly(Path source, String target) {
        return mount("bind", source.toAbsolutePath().toString(), target, true);
    }

    /** Has a volume, which others may have too. */
    public ContainerSpec volume(Volume volume, String target) {
        return mount("volume", volume.name(), target, false);
    }

    /** As {@link #volume(Volume, String)}, by a name; a volume that is not there is made. */
    public ContainerSpec volume(String volume, String target) {
        return mount("volume", volume, target, false);
    }

    /** With a directory in memory. */
    public ContainerSpec tmpfs(String target) {
        return tmpfs(target, "");
    }

    /** With a directory in memory, with options of mount(8): {@code size=64m,mode=1777}. */
    public ContainerSpec tmpfs(String target, String options) {
        return host("Tmpfs", put(host.get("Tmpfs"), target, options));
    }

    /** With at most so many bytes of memory, and twice that with swap. */
    public ContainerSpec memory(long bytes) {
        return host("Memory", bytes);
    }

    /** With at most so much of the host's processors: 1.5 is one and a half. */
    public ContainerSpec cpus(double processors) {
        return host("NanoCpus", Math.round(processors * 1e9));
    }

    /** With at most so many processes and threads. */
    public ContainerSpec pidsLimit(long processes) {
        return host("PidsLimit", processes);
    }

    /** With so many bytes of {@code /dev/shm}; 64 MiB where nothing is said. */
    public ContainerSpec sharedMemory(long bytes) {
        return host("ShmSize", bytes);
    }

    /** With a limit of setrlimit(2): {@code nofile}. */
    public ContainerSpec ulimit(String limit, long soft, long hard) {
        return host("Ulimits", appended(host.get("Ulimits"), Map.of("Name", limit, "Soft", soft, "Hard", hard)));
    }

    /** With another value of sysctl(8) in its namespaces. */
    public ContainerSpec sysctl(String key, String value) {
        return host("Sysctls", put(host.get("Sysctls"), key, value));
    }

    /** With all rights, on all of the host's devices too. */
    public ContainerSpec privileged() {
        return host("Privileged", true);
    }

    /** With capabilities of capabilities(7) beside the usual ones: {@code NET_ADMIN}. */
    public ContainerSpec addCapabilities(String... capabilities) {
        return host("CapAdd", appended(host.get("CapAdd"), (Object[]) capabilities));
    }

    /** Without these capabilities, or {@code ALL}. */
    public ContainerSpec dropCapabilities(String... capabilities) {
        return host("CapDrop", appended(host.get("CapDrop"), (Object[]) capabilities));
    }

    /** Cannot write to the image's files. */
    public ContainerSpec readOnly() {
        return host("ReadonlyRootfs", true);
    }

    /** With a small first process that passes signals on and takes care of orphans. */
    public ContainerSpec init() {
        return host("Init", true);
    }

    /** Started again whenever it ends, unless somebody has stopped it. */
    public ContainerSpec restartAlways() {
        return host("RestartPolicy", Map.of("Name", "always"));
    }

    /** Started again when it ends with another code than 0, so often at most. */
    public ContainerSpec restartOnFailure(int attempts) {
        return host("RestartPolicy", Map.of("Name", "on-failure", "MaximumRetryCount", attempts));
    }

    String image() {
        return image;
    }

    Optional<String> name() {
        return name;
    }

    Optional<String> platform() {
        return platform;
    }

    Pull pull() {
        return pull;
    }

    Map<String, Object> config() {
        return config;
    }

    Map<String, Object> host() {
        return host;
    }

    Map<String, Object> networking() {
        return Map.of("EndpointsConfig", endpoints);
    }

    private ContainerSpec mount(String type, String source, String target, boolean readOnly) {
        Map<String, Object> mount = Map.of("Type", type, "Source", source, "Target", target, "ReadOnly", readOnly);
        return host("Mounts", appended(host.get("Mounts"), mount));
    }

    private ContainerSpec config(String key, Object value) {
        return new ContainerSpec(image, name, platform, pull, put(config, key, value), host, endpoints);
    }

    private ContainerSpec host(String key, Object value) {
        return new ContainerSpec(image, name, platform, pull, config, put(host, key, value), endpoints);
    }

    private static List<Object> appended(@Nullable Object list, Object... more) {
        List<Object> longer = new ArrayList<>();
        if (list instanceof List<?> some) {
            longer.addAll(some);
        }
        longer.addAll(List.of(more));
        return longer;
    }

    private static Map<String, Object> put(@Nullable Object map, String key, Object value) {
        Map<String, Object> larger = new LinkedHashMap<>();
        if (map instanceof Map<?, ?> some) {
            some.forEach((name, one) -> larger.put(String.valueOf(name), one));
        }
        larger.put(key, value);
        return larger;
    }
}
