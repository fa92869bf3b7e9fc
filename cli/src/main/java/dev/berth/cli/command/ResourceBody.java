package dev.berth.cli.command;

import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The flags of {@code run} and {@code create} that limit what a container uses and give it devices. */
final class ResourceBody {
    private static final Pattern PERMISSIONS = Pattern.compile("[rwm]{1,3}");
    private static final Pattern DEVICE_RULE = Pattern.compile("[acb] ([0-9]+|\\*):([0-9]+|\\*) [rwm]{1,3}");
    private static final Pattern RATE = Pattern.compile("[0-9]{1,18}(\\.[0-9]+)? ?[kmgtpKMGTP]?i?[bB]?");
    private static final Pattern OPERATIONS = Pattern.compile("[0-9]{1,18}");

    /** Flags with a number, and the host configuration's members that they are. */
    private static final Map<String, String> NUMBERS = Map.ofEntries(
            Map.entry("blkio-weight", "BlkioWeight"),
            Map.entry("cpu-count", "CpuCount"),
            Map.entry("cpu-percent", "CpuPercent"),
            Map.entry("cpu-period", "CpuPeriod"),
            Map.entry("cpu-quota", "CpuQuota"),
            Map.entry("cpu-rt-period", "CpuRealtimePeriod"),
            Map.entry("cpu-rt-runtime", "CpuRealtimeRuntime"),
            Map.entry("cpu-shares", "CpuShares"),
            Map.entry("io-maxiops", "IOMaximumIOps"),
            Map.entry("memory-swappiness", "MemorySwappiness"),
            Map.entry("pids-limit", "PidsLimit"));
    /** Likewise those with a size. */
    private static final Map<String, String> SIZES = Map.of(
            "io-maxbandwidth", "IOMaximumBandwidth",
            "kernel-memory", "KernelMemory",
            "memory", "Memory",
            "memory-reservation", "MemoryReservation");

    private final Flags flags;

    private ResourceBody(Flags flags) {
        this.flags = flags;
    }

    /** Adds what the flags ask for to the host configuration. */
    static void addTo(Map<String, @Nullable Object> host, Flags flags) {
        ResourceBody body = new ResourceBody(flags);
        body.limits(host);
        body.blockDevices(host);
        body.devices(host);
    }

    private void limits(Map<String, @Nullable Object> host) {
        long swappiness = flags.number("memory-swappiness").orElse(-1);
        if (swappiness != -1 && (swappiness < 0 || swappiness > 100)) {
            throw Values.refused("invalid value: " + swappiness + ". Valid memory swappiness range is 0-100");
        }
        addLimits(host, flags);
        host.put("CpusetCpus", flags.text("cpuset-cpus", ""));
        host.put("CpusetMems", flags.text("cpuset-mems", ""));
        host.put("CgroupParent", flags.text("cgroup-parent", ""));
        if (flags.isSet("oom-kill-disable")) {
            host.put("OomKillDisable", flags.has("oom-kill-disable"));
        }
        host.put(
                "Ulimits",
                flags.list("ulimit").stream().map(ResourceBody::ulimit).toList());
        if (flags.isSet("storage-opt")) {
            host.put("StorageOpt", Values.map(flags.list("storage-opt")));
        }
    }

    /** Adds the limits that are numbers and sizes, where flags say them: those that {@code update} changes too. */
    static void addLimits(Map<String, @Nullable Object> host, Flags flags) {
        NUMBERS.forEach((flag, member) -> flags.number(flag).ifPresent(number -> host.put(member, number)));
        SIZES.forEach((flag, member) -> flags.text(flag).ifPresent(text -> host.put(member, Values.bytes(text, flag))));
        flags.text("memory-swap")
                .ifPresent(text -> host.put("MemorySwap", text.equals("-1") ? -1L : Values.bytes(text, "memory-swap")));
        flags.text("cpus").ifPresent(text -> host.put("NanoCpus", Values.nanoCpus(text)));
    }

    /** {@code nofile=1024:2048}. */
    static Map<String, @Nullable Object> ulimit(String text) {
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
            String number = colon < 0 || isNumber(values.substring(colon + 1))
                    ? values.split(":", 2)[0]
                    : values.substring(colon + 1);
            throw Values.invalid(text, "ulimit", "strconv.ParseInt: parsing \"" + number + "\": invalid syntax");
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("-?[0-9]{1,18}");
    }

    private void blockDevices(Map<String, @Nullable Object> host) {
        List<Object> weights = new ArrayList<>();
        for (String text : flags.list("blkio-weight-device")) {
            String[] parts = pair(text, "blkio-weight-device");
            if (!OPERATIONS.matcher(parts[1]).matches()) {
                throw Values.invalid(text, "blkio-weight-device", "invalid weight for device: " + text);
            }
            weights.add(Json.of("Path", parts[0], "Weight", Long.parseLong(parts[1])));
        }
        if (!weights.isEmpty()) {
            host.put("BlkioWeightDevice", weights);
        }
        rates("device-read-bps", true).ifPresent(rates -> host.put("BlkioDeviceReadBps", rates));
        rates("device-write-bps", true).ifPresent(rates -> host.put("BlkioDeviceWriteBps", rates));
        rates("device-read-iops", false).ifPresent(rates -> host.put("BlkioDeviceReadIOps", rates));
        rates("device-write-iops", false).ifPresent(rates -> host.put("BlkioDeviceWriteIOps", rates));
    }

    private Optional<List<Object>> rates(String flag, boolean bytes) {
        List<Object> rates = new ArrayList<>();
        for (String text : flags.list(flag)) {
            String[] parts = pair(text, flag);
            if (!(bytes ? RATE : OPERATIONS).matcher(parts[1]).matches()) {
                throw Values.invalid(
                        text,
                        flag,
                        "invalid rate for device: " + text + ". The correct format is <device-path>:<number>"
                                + (bytes
                                        ? "[<unit>]. Number must be a positive integer. Unit is optional and can be"
                                                + " kb, mb, or gb"
                                        : ". Number must be a positive integer"));
            }
            rates.add(
                    Json.of("Path", parts[0], "Rate", bytes ? Values.bytes(parts[1], flag) : Long.parseLong(parts[1])));
        }
        return rates.isEmpty() ? Optional.empty() : Optional.of(rates);
    }

    /** {@code /dev/sda:1mb}. */
    private static String[] pair(String text, String flag) {
        String[] parts = text.split(":", 2);
        if (parts.length != 2 || parts[0].isEmpty()) {
            throw Values.invalid(text, flag, "bad format: " + text);
        }
        if (!parts[0].startsWith("/dev/")) {
            throw Values.invalid(text, flag, "bad format for device path: " + text);
        }
        return parts;
    }

    private void devices(Map<String, @Nullable Object> host) {
        host.put(
                "Devices",
                flags.list("device").stream().map(ResourceBody::device).toList());
        for (String rule : flags.list("device-cgroup-rule")) {
            if (!DEVICE_RULE.matcher(rule).matches()) {
                throw Values.invalid(rule, "device-cgroup-rule", "invalid device cgroup format '" + rule + "'");
            }
        }
        if (flags.isSet("device-cgroup-rule")) {
            host.put("DeviceCgroupRules", flags.list("device-cgroup-rule"));
        }
        flags.text("gpus")
                .ifPresent(gpus -> host.put(
                        "DeviceRequests", List.of(Json.of("Count", -1, "Capabilities", List.of(List.of("gpu"))))));
    }

    private static Map<String, @Nullable Object> device(String text) {
        String[] parts = text.split(":", -1);
        boolean second = parts.length > 1 && parts[1].startsWith("/");
        String permissions = parts.length > 2 ? parts[2] : parts.length > 1 && !second ? parts[1] : "rwm";
        boolean mode = PERMISSIONS.matcher(permissions).matches();
        if (!mode && parts.length == 2) {
            throw Values.refused(parts[1] + " is not an absolute path");
        }
        if (!mode) {
            throw Values.refused("bad mode specified: " + permissions);
        }
        return Json.of(
                "PathOnHost",
                parts[0],
                "PathInContainer",
                second ? parts[1] : parts[0],
                "CgroupPermissions",
                permissions);
    }
}
