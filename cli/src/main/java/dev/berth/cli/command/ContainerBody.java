package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** From the flags of {@code run} and {@code create} to the body of the request that makes the container. */
final class ContainerBody {
    private static final int USAGE = 125;
    /** Nothing of the system is masked or read-only: an option of clients alone. */
    private static final String SYSTEM_PATHS = "systempaths=unconfined";

    /** Those that belong to a namespace, as Docker lists them. */
    private static final Pattern SYSCTL = Pattern.compile(
            "(kernel\\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|(net|fs\\.mqueue)\\..*)=.*");

    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(-(\\d{1,5}))?(/(?:tcp|udp|sctp))?");
    private static final int MOST_PORT = 0xffff;

    private final Flags flags;

    private ContainerBody(Flags flags) {
        this.flags = flags;
    }

    /** @param detached whether nothing is attached */
    static Map<String, @Nullable Object> of(Flags flags, String image, List<String> command, boolean detached) {
        return new ContainerBody(flags).body(image, command, detached);
    }

    private Map<String, @Nullable Object> body(String image, List<String> command, boolean detached) {
        boolean input = flags.has("interactive");
        List<String> attach = flags.list("attach").stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
        boolean some = !attach.isEmpty();
        Map<String, @Nullable Object> body = Json.of(
                "Hostname",
                flags.text("hostname", ""),
                "Domainname",
                flags.text("domainname", ""),
                "User",
                flags.text("user", ""),
                "AttachStdin",
                !detached && input && (!some || attach.contains("stdin")),
                "AttachStdout",
                !detached && (!some || attach.contains("stdout")),
                "AttachStderr",
                !detached && (!some || attach.contains("stderr")),
                "Tty",
                flags.has("tty"),
                "OpenStdin",
                input,
                "StdinOnce",
                input && !detached,
                "Env",
                Values.environment(flags.list("env-file"), flags.list("env")),
                "Cmd",
                command.isEmpty() ? null : command,
                "Image",
                image,
                "WorkingDir",
                flags.text("workdir", ""),
                "Labels",
                labels());
        flags.text("entrypoint")
                .ifPresent(entry -> body.put("Entrypoint", entry.isEmpty() ? List.of("") : List.of(entry)));
        flags.text("stop-signal").ifPresent(signal -> body.put("StopSignal", signal));
        flags.number("stop-timeout").ifPresent(seconds -> body.put("StopTimeout", seconds));
        if (!flags.list("expose").isEmpty()) {
            Map<String, Object> ports = new LinkedHashMap<>();
            flags.list("expose").forEach(port -> exposed(port).forEach(one -> ports.put(one, Map.of())));
            body.put("ExposedPorts", ports);
        }
        health(body);
        List<String> binds = new ArrayList<>();
        Map<String, Object> anonymous = new LinkedHashMap<>();
        for (String volume : flags.list("volume")) {
            if (volume.indexOf(':') < 0) {
                anonymous.put(volume, Map.of());
            } else {
                binds.add(absolute(volume));
            }
        }
        if (!anonymous.isEmpty()) {
            body.put("Volumes", anonymous);
        }
        List<NetworkFlag> networks = NetworkFlag.of(flags);
        body.put("HostConfig", host(binds, networks));
        body.put("NetworkingConfig", Json.of("EndpointsConfig", NetworkFlag.endpoints(networks)));
        return body;
    }

    /** {@code 80}, {@code 53/udp}, {@code 8000-8003}. */
    private static List<String> exposed(String text) {
        Matcher range = PORTS.matcher(text);
        int first = range.matches() ? Integer.parseInt(range.group(1)) : -1;
        int last = first < 0 || range.group(3) == null ? first : Integer.parseInt(range.group(3));
        if (first < 0 || last > MOST_PORT || last < first) {
            throw new CliException(USAGE, "invalid range format for --expose: " + text);
        }
        String protocol = range.group(4) == null ? "/tcp" : range.group(4);
        return IntStream.rangeClosed(first, last)
                .mapToObj(port -> port + protocol)
                .toList();
    }

    /** The values of a flag with two names. */
    private List<String> joined(String name, String otherName) {
        List<String> values = new ArrayList<>(flags.list(name));
        values.addAll(flags.list(otherName));
        return values;
    }

    private Map<String, String> labels() {
        Map<String, String> labels = Values.map(Values.definitions(flags.list("label-file"), "label file", "label"));
        labels.putAll(Values.map(flags.list("label")));
        return labels;
    }

    private static String withProtocol(String port) {
        return port.indexOf('/') < 0 ? port + "/tcp" : port;
    }

    /** A source that begins with a dot or a tilde is a path of ours, not the name of a volume. */
    private static String absolute(String volume) {
        if (!volume.startsWith(".") && !volume.startsWith("~")) {
            return volume;
        }
        int colon = volume.indexOf(':');
        String source = volume.substring(0, colon).replaceFirst("^~", System.getProperty("user.home"));
        return Path.of(source).toAbsolutePath().normalize() + volume.substring(colon);
    }

    private void health(Map<String, @Nullable Object> body) {
        if (flags.number("health-retries").orElse(0) < 0) {
            throw Values.refused("--health-retries cannot be negative");
        }
        if (flags.has("no-healthcheck")) {
            if (flags.isSet("health-cmd")) {
                throw Values.refused("--no-healthcheck conflicts with --health-* options");
            }
            body.put("Healthcheck", Json.of("Test", List.of("NONE")));
        } else if (flags.isSet("health-cmd")
                || flags.isSet("health-interval")
                || flags.isSet("health-retries")
                || flags.isSet("health-timeout")
                || flags.isSet("health-start-period")
                || flags.isSet("health-start-interval")) {
            body.put(
                    "Healthcheck",
                    Json.of(
                            "Test",
                                    flags.text("health-cmd")
                                            .map(c -> List.of("CMD-SHELL", c))
                                            .orElse(null),
                            "Interval", nanos("health-interval"),
                            "Timeout", nanos("health-timeout"),
                            "StartPeriod", nanos("health-start-period"),
                            "StartInterval", nanos("health-start-interval"),
                            "Retries", flags.number("health-retries").orElse(0)));
        }
    }

    private long nanos(String flag) {
        return flags.text(flag).map(text -> Values.nanos(text, flag)).orElse(0L);
    }

    /** A mode that is the host's, the container's own, or another container's where that is possible. */
    private String mode(String flag, String kind, boolean ofContainers) {
        String mode = flags.text(flag, "");
        boolean known = List.of("", "host", "private").contains(mode)
                || (ofContainers && mode.startsWith("container:") && mode.length() > "container:".length());
        if (!known) {
            throw Values.refused("--" + flag + ": invalid " + kind + " mode");
        }
        return mode;
    }

    private Map<String, String> sysctls() {
        for (String sysctl : flags.list("sysctl")) {
            if (!SYSCTL.matcher(sysctl).matches()) {
                throw Values.invalid(sysctl, "sysctl", "sysctl '" + sysctl + "' is not allowed");
            }
        }
        return Values.map(flags.list("sysctl"));
    }

    private Map<String, @Nullable Object> host(List<String> binds, List<NetworkFlag> networks) {
        Map<String, @Nullable Object> host = Json.of(
                "Binds", binds.isEmpty() ? null : binds,
                "ContainerIDFile", flags.text("cidfile", ""),
                "LogConfig", Json.of("Type", flags.text("log-driver", ""), "Config", Values.map(flags.list("log-opt"))),
                "NetworkMode", NetworkFlag.mode(networks),
                "PortBindings", ports(),
                "RestartPolicy", Values.restartPolicy(flags.text("restart", "no")),
                "AutoRemove", flags.has("rm"),
                "VolumesFrom", flags.list("volumes-from"),
                "CapAdd", flags.list("cap-add"),
                "CapDrop", flags.list("cap-drop"),
                "CgroupnsMode", mode("cgroupns", "CGROUP", false),
                "Dns", flags.list("dns"),
                "DnsOptions", joined("dns-option", "dns-opt"),
                "DnsSearch", flags.list("dns-search"),
                "ExtraHosts", flags.list("add-host"),
                "GroupAdd", flags.list("group-add"),
                "IpcMode", flags.text("ipc", ""),
                "Links", flags.list("link"),
                "OomScoreAdj", flags.number("oom-score-adj").orElse(0),
                "PidMode", mode("pid", "PID", true),
                "Privileged", flags.has("privileged"),
                "PublishAllPorts", flags.has("publish-all"),
                "ReadonlyRootfs", flags.has("read-only"),
                "SecurityOpt", securityOptions(),
                "UTSMode", mode("uts", "UTS", false),
                "UsernsMode", mode("userns", "USER", false),
                "Runtime", flags.text("runtime", ""),
                "Annotations", Values.map(flags.list("annotation")),
                "Sysctls", sysctls());
        ResourceBody.addTo(host, flags);
        flags.text("isolation").ifPresent(isolation -> host.put("Isolation", isolation));
        flags.text("volume-driver").ifPresent(driver -> host.put("VolumeDriver", driver));
        if (flags.list("security-opt").contains(SYSTEM_PATHS)) {
            host.put("MaskedPaths", List.of());
            host.put("ReadonlyPaths", List.of());
        }
        host.put("Tmpfs", tmpfs());
        host.put("Mounts", flags.list("mount").stream().map(MountFlag::parse).toList());
        flags.text("shm-size").ifPresent(size -> host.put("ShmSize", Values.bytes(size, "shm-size")));
        if (flags.isSet("init")) {
            host.put("Init", flags.has("init"));
        }
        flags.text("rootfs")
                .ifPresent(path -> host.put(
                        "Rootfs", Path.of(path).toAbsolutePath().normalize().toString()));
        flags.text("level").ifPresent(level -> host.put("Level", level));
        return host;
    }

    private Map<String, List<Object>> ports() {
        Map<String, List<Object>> ports = new LinkedHashMap<>();
        for (String publish : flags.list("publish")) {
            int colon = publish.lastIndexOf(':');
            String inside = withProtocol(publish.substring(colon + 1));
            String outside = colon < 0 ? "" : publish.substring(0, colon);
            int inner = outside.lastIndexOf(':');
            String address = inner < 0 ? "" : outside.substring(0, inner).replaceAll("^\\[|]$", "");
            ports.computeIfAbsent(inside, port -> new ArrayList<>())
                    .add(Json.of("HostIp", address, "HostPort", outside.substring(inner + 1)));
        }
        return ports;
    }

    /** A profile is a file of ours, and travels as its content. */
    private List<String> securityOptions() {
        List<String> options = new ArrayList<>();
        for (String option : flags.list("security-opt")) {
            String seccomp = option.startsWith("seccomp=") || option.startsWith("seccomp:") ? option.substring(8) : "";
            if (option.equals(SYSTEM_PATHS)) {
                continue; // it is said by the paths themselves
            }
            if (seccomp.isEmpty() || seccomp.equals("unconfined") || seccomp.equals("builtin")) {
                options.add(option);
                continue;
            }
            try {
                options.add("seccomp=" + Files.readString(Path.of(seccomp)));
            } catch (IOException e) {
                throw new CliException(
                        USAGE,
                        "berth: opening seccomp profile (" + seccomp + ") failed: open " + seccomp
                                + ": no such file or directory");
            }
        }
        return options;
    }

    private Map<String, String> tmpfs() {
        Map<String, String> mounts = new LinkedHashMap<>();
        for (String text : flags.list("tmpfs")) {
            int colon = text.indexOf(':');
            mounts.put(colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
        }
        return mounts;
    }
}
