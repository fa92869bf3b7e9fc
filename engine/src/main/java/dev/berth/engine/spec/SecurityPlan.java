package dev.berth.engine.spec;

import dev.berth.engine.config.DeviceMapping;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.level.Security;
import dev.berth.level.Security.Seccomp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a container may do, in a level's terms. */
public final class SecurityPlan {
    private static final Pattern PERMISSIONS = Pattern.compile("[rwm]{1,3}");
    /** {@code c 1:3 rwm}; an asterisk for any number. */
    private static final Pattern DEVICE_RULE = Pattern.compile("([acb]) (\\d{1,7}|\\*):(\\d{1,7}|\\*) ([rwm]{1,3})");
    /** The kernel parameters that belong to a container's own IPC namespace (as runc has them). */
    private static final List<String> IPC_SYSCTLS = List.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private static final Pattern SYSCTL = Pattern.compile("[a-z0-9_-]+([./][A-Za-z0-9_-]+)+");

    private SecurityPlan() {}

    /**
     * Reads the options.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the option
     */
    public static Security of(HostConfig host) {
        boolean noNewPrivileges = false;
        Seccomp seccomp = new Seccomp.Default();
        for (String option : host.securityOpt()) {
            String[] parts = option.split(option.indexOf('=') >= 0 ? "=" : ":", 2);
            String value = parts.length == 2 ? parts[1] : "";
            switch (parts[0]) {
                case "no-new-privileges" -> noNewPrivileges = truth(option, value);
                case "seccomp" -> seccomp = seccomp(value);
                case "apparmor" -> refuseUnless(value.equals("unconfined"), option);
                case "label" -> refuseUnless(value.equals("disable"), option);
                default -> throw EngineException.invalid("invalid --security-opt 2: \"" + option + "\"");
            }
        }
        return new Security(
                host.privileged(),
                host.capAdd(),
                host.capDrop(),
                noNewPrivileges,
                seccomp,
                devices(host.devices()),
                host.deviceCgroupRules().stream().map(SecurityPlan::deviceRule).toList(),
                host.maskedPaths(),
                host.readonlyPaths());
    }

    /**
     * The kernel parameters asked for, each of which belongs to a namespace of the container's own.
     *
     * @throws EngineException INVALID for those of the host
     */
    public static Map<String, String> sysctls(HostConfig host, boolean ownNetwork, boolean ownIpc) {
        for (String name : host.sysctls().keySet()) {
            String dotted = name.replace('/', '.');
            boolean own = dotted.startsWith("net.")
                    ? ownNetwork
                    : ownIpc && (IPC_SYSCTLS.contains(dotted) || dotted.startsWith("fs.mqueue."));
            if (!own || !SYSCTL.matcher(name).matches()) {
                throw EngineException.invalid("sysctl \"" + name
                        + "\" is not allowed: it does not belong to a namespace of the container's own");
            }
        }
        return host.sysctls();
    }

    private static boolean truth(String option, String value) {
        return switch (value) {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw EngineException.invalid("invalid --security-opt 2: \"" + option + "\"");
        };
    }

    private static Seccomp seccomp(String value) {
        return switch (value) {
            case "unconfined" -> new Seccomp.Unconfined();
            case "builtin", "" -> new Seccomp.Default();
            default -> new Seccomp.Profile(value);
        };
    }

    private static List<Security.Device> devices(List<DeviceMapping> mappings) {
        List<Security.Device> devices = new ArrayList<>();
        for (DeviceMapping mapping : mappings) {
            String inside = mapping.pathInContainer().isEmpty() ? mapping.pathOnHost() : mapping.pathInContainer();
            if (!mapping.pathOnHost().startsWith("/") || !inside.startsWith("/")) {
                throw EngineException.invalid("bad device mapping \"" + mapping.pathOnHost() + ":" + inside
                        + "\": both paths must be absolute");
            }
            if (!PERMISSIONS.matcher(mapping.cgroupPermissions()).matches()) {
                throw EngineException.invalid("invalid device mode: " + mapping.cgroupPermissions());
            }
            devices.add(new Security.Device(mapping.pathOnHost(), inside, mapping.cgroupPermissions()));
        }
        return List.copyOf(devices);
    }

    private static Security.DeviceRule deviceRule(String text) {
        Matcher rule = DEVICE_RULE.matcher(text);
        if (!rule.matches()) {
            throw EngineException.invalid("invalid device cgroup rule format: '" + text + "'");
        }
        boolean all = rule.group(2).equals("*") && rule.group(3).equals("*");
        if (rule.group(1).equals("a") && !all) {
            throw EngineException.invalid("invalid device cgroup rule '" + text
                    + "': the type a is for all devices, *:*; give b or c for those of a number");
        }
        return new Security.DeviceRule(
                rule.group(1).charAt(0), deviceNumber(rule.group(2)), deviceNumber(rule.group(3)), rule.group(4));
    }

    private static OptionalInt deviceNumber(String text) {
        return text.equals("*") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    private static void refuseUnless(boolean known, String option) {
        if (!known) {
            throw EngineException.unsupported("the security option " + option + " is not supported");
        }
    }
}
