package dev.berth.level.os.capability;

import dev.berth.level.LevelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The kernel's capabilities; the ordinal is the kernel's number ({@code include/uapi/linux/capability.h}). */
public enum Capability {
    CAP_CHOWN,
    CAP_DAC_OVERRIDE,
    CAP_DAC_READ_SEARCH,
    CAP_FOWNER,
    CAP_FSETID,
    CAP_KILL,
    CAP_SETGID,
    CAP_SETUID,
    CAP_SETPCAP,
    CAP_LINUX_IMMUTABLE,
    CAP_NET_BIND_SERVICE,
    CAP_NET_BROADCAST,
    CAP_NET_ADMIN,
    CAP_NET_RAW,
    CAP_IPC_LOCK,
    CAP_IPC_OWNER,
    CAP_SYS_MODULE,
    CAP_SYS_RAWIO,
    CAP_SYS_CHROOT,
    CAP_SYS_PTRACE,
    CAP_SYS_PACCT,
    CAP_SYS_ADMIN,
    CAP_SYS_BOOT,
    CAP_SYS_NICE,
    CAP_SYS_RESOURCE,
    CAP_SYS_TIME,
    CAP_SYS_TTY_CONFIG,
    CAP_MKNOD,
    CAP_LEASE,
    CAP_AUDIT_WRITE,
    CAP_AUDIT_CONTROL,
    CAP_SETFCAP,
    CAP_MAC_OVERRIDE,
    CAP_MAC_ADMIN,
    CAP_SYSLOG,
    CAP_WAKE_ALARM,
    CAP_BLOCK_SUSPEND,
    CAP_AUDIT_READ,
    CAP_PERFMON,
    CAP_BPF,
    CAP_CHECKPOINT_RESTORE;

    /** What Docker gives a container that asks for nothing. */
    public static final Set<Capability> DEFAULT = Set.copyOf(EnumSet.of(
            CAP_CHOWN,
            CAP_DAC_OVERRIDE,
            CAP_FOWNER,
            CAP_FSETID,
            CAP_KILL,
            CAP_NET_BIND_SERVICE,
            CAP_SETFCAP,
            CAP_SETGID,
            CAP_SETPCAP,
            CAP_SETUID,
            CAP_NET_RAW,
            CAP_SYS_CHROOT,
            CAP_MKNOD,
            CAP_AUDIT_WRITE));

    private static final String PREFIX = "CAP_";
    private static final String ALL = "ALL";

    /**
     * The capabilities of a container: Docker's rules for {@code --cap-add}, {@code --cap-drop} and {@code ALL}.
     *
     * @param available what can be had at all; more is left out where ALL is asked for
     * @throws LevelException INVALID for an unknown name, or one that cannot be had
     */
    public static Set<Capability> tweak(Collection<String> add, Collection<String> drop, Set<Capability> available) {
        Set<Capability> result = EnumSet.noneOf(Capability.class);
        if (has(add, ALL)) {
            result.addAll(available);
            result.removeAll(parse("CapDrop", drop));
            return result;
        }
        if (!has(drop, ALL)) {
            result.addAll(DEFAULT);
            result.removeAll(parse("CapDrop", drop));
        }
        Set<Capability> wanted = parse("CapAdd", add);
        for (Capability capability : wanted) {
            if (!available.contains(capability)) {
                throw new LevelException(
                        LevelException.Kind.INVALID,
                        "cannot give the container " + capability + ": the engine does not have it on this host");
            }
        }
        result.addAll(wanted);
        result.retainAll(available);
        return result;
    }

    private static boolean has(Collection<String> names, String name) {
        return names.stream().anyMatch(n -> n.equalsIgnoreCase(name));
    }

    private static Set<Capability> parse(String field, Collection<String> names) {
        Set<Capability> result = EnumSet.noneOf(Capability.class);
        for (String name : names) {
            if (!name.equalsIgnoreCase(ALL)) {
                result.add(of(name, "invalid " + field + ": "));
            }
        }
        return result;
    }

    /**
     * By its name, with or without {@code CAP_}, in any case.
     *
     * @throws LevelException INVALID where there is none of that name
     */
    public static Capability of(String name) {
        return of(name, "");
    }

    private static Capability of(String name, String attempt) {
        String upper = name.toUpperCase(Locale.ROOT);
        String full = upper.startsWith(PREFIX) ? upper : PREFIX + upper;
        return Arrays.stream(values())
                .filter(capability -> capability.name().equals(full))
                .findFirst()
                .orElseThrow(() -> new LevelException(
                        LevelException.Kind.INVALID, attempt + "unknown capability: \"" + full + "\""));
    }

    /** The bits as the kernel has them: bit n is capability number n. */
    public static long mask(Collection<Capability> capabilities) {
        long mask = 0;
        for (Capability capability : capabilities) {
            mask |= 1L << capability.ordinal();
        }
        return mask;
    }

    /** The capabilities of a mask; bits this class does not know are left out. */
    public static Set<Capability> ofMask(long mask) {
        Set<Capability> result = EnumSet.noneOf(Capability.class);
        for (Capability capability : values()) {
            if ((mask & 1L << capability.ordinal()) != 0) {
                result.add(capability);
            }
        }
        return result;
    }

    /** Their names, in the kernel's order. */
    public static List<String> names(Collection<Capability> capabilities) {
        List<String> names = new ArrayList<>();
        for (Capability capability : values()) {
            if (capabilities.contains(capability)) {
                names.add(capability.name());
            }
        }
        return names;
    }
}
