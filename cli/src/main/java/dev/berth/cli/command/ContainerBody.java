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
import org.jspecify.annotations.Nullable;

/** From the flags of {@code run} and {@code create} to the body of the request that makes the container. */
final class ContainerBody {
    private static final int USAGE = 125;

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
            flags.list("expose").forEach(port -> ports.put(withProtocol(port), Map.of()));
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
        body.put("HostConfig", host(binds));
        body.put("NetworkingConfig", Json.of("EndpointsConfig", Map.of()));
        return body;
    }

    private Map<String, String> labels() {
        Map<String, String> labels = Values.map(Values.lines(flags.list("label-file")));
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
        if (flags.has("no-healthcheck")) {
            body.put("Healthcheck", Json.of("Test", List.of("NONE")));
        } else if (flags.isSet("health-cmd")
                || flags.isSet("health-interval")
                || flags.isSet("health-retries")
                || flags.isSet("health-timeout")
                || flags.isSet("health-start-period")) {
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
                            "Retries", flags.number("health-retries").orElse(0)));
        }
    }

    private long nanos(String flag) {
        return flags.text(flag).map(text -> Values.nanos(text, flag)).orElse(0L);
    }

    private Map<String, @Nullable Object> host(List<String> binds) {
        Map<String, @Nullable Object> host = Json.of(
                "Binds", binds.isEmpty() ? null : binds,
                "ContainerIDFile", flags.text("cidfile", ""),
                "LogConfig", Json.of("Type", flags.text("log-driver", ""), "Config", Values.map(flags.list("log-opt"))),
                "NetworkMode", flags.text("network").or(() -> flags.text("net")).orElse("default"),
                "PortBindings", ports(),
                "RestartPolicy", Values.restartPolicy(flags.text("restart", "no")),
                "AutoRemove", flags.has("rm"),
                "VolumesFrom", flags.list("volumes-from"),
                "CapAdd", flags.list("cap-add"),
                "CapDrop", flags.list("cap-drop"),
                "CgroupnsMode", flags.text("cgroupns", ""),
                "Dns", flags.list("dns"),
                "DnsOptions", flags.list("dns-option"),
                "DnsSearch", flags.list("dns-search"),
                "ExtraHosts", flags.list("add-host"),
                "GroupAdd", flags.list("group-add"),
                "IpcMode", flags.text("ipc", ""),
                "Links", flags.list("link"),
                "OomScoreAdj", flags.number("oom-score-adj").orElse(0),
                "PidMode", flags.text("pid", ""),
                "Privileged", flags.has("privileged"),
                "PublishAllPorts", flags.has("publish-all"),
                "ReadonlyRootfs", flags.has("read-only"),
                "SecurityOpt", securityOptions(),
                "UTSMode", flags.text("uts", ""),
                "UsernsMode", flags.text("userns", ""),
                "Runtime", flags.text("runtime", ""),
                "Annotations", Values.map(flags.list("annotation")),
                "Sysctls", Values.map(flags.list("sysctl")));
        resources(host);
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

    private void resources(Map<String, @Nullable Object> host) {
        flags.text("memory").ifPresent(text -> host.put("Memory", Values.bytes(text, "memory")));
        flags.text("memory-reservation")
                .ifPresent(text -> host.put("MemoryReservation", Values.bytes(text, "memory-reservation")));
        flags.text("memory-swap")
                .ifPresent(text -> host.put("MemorySwap", text.equals("-1") ? -1L : Values.bytes(text, "memory-swap")));
        flags.text("cpus").ifPresent(text -> host.put("NanoCpus", Values.nanoCpus(text)));
        flags.number("cpu-shares").ifPresent(shares -> host.put("CpuShares", shares));
        flags.number("cpu-period").ifPresent(period -> host.put("CpuPeriod", period));
        flags.number("cpu-quota").ifPresent(quota -> host.put("CpuQuota", quota));
        flags.number("pids-limit").ifPresent(limit -> host.put("PidsLimit", limit));
        host.put("CpusetCpus", flags.text("cpuset-cpus", ""));
        host.put("CpusetMems", flags.text("cpuset-mems", ""));
        host.put("CgroupParent", flags.text("cgroup-parent", ""));
        if (flags.isSet("oom-kill-disable")) {
            host.put("OomKillDisable", flags.has("oom-kill-disable"));
        }
        host.put(
                "Devices",
                flags.list("device").stream().map(ContainerBody::device).toList());
        host.put(
                "Ulimits",
                flags.list("ulimit").stream().map(ContainerBody::ulimit).toList());
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

    private static Map<String, @Nullable Object> device(String text) {
        String[] parts = text.split(":", -1);
        boolean second = parts.length > 1 && parts[1].startsWith("/");
        String permissions = parts.length > 2 ? parts[2] : parts.length > 1 && !second ? parts[1] : "rwm";
        return Json.of(
                "PathOnHost",
                parts[0],
                "PathInContainer",
                second ? parts[1] : parts[0],
                "CgroupPermissions",
                permissions);
    }

    private static Map<String, @Nullable Object> ulimit(String text) {
        int equals = text.indexOf('=');
        String values = text.substring(equals + 1);
        int colon = values.indexOf(':');
        try {
            long soft = Long.parseLong(colon < 0 ? values : values.substring(0, colon));
            long hard = colon < 0 ? soft : Long.parseLong(values.substring(colon + 1));
            if (equals < 1) {
                throw Values.invalid(text, "ulimit", "invalid ulimit argument: " + text);
            }
            return Json.of("Name", text.substring(0, equals), "Soft", soft, "Hard", hard);
        } catch (NumberFormatException e) {
            throw Values.invalid(text, "ulimit", "invalid ulimit argument: " + text);
        }
    }
}
