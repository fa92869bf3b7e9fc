package dev.berth.linux.cgroup;

import java.util.List;
import java.util.OptionalInt;

/**
 * Lets a group's processes use some devices.
 *
 * @param major empty for every major number
 * @param minor empty for every minor number
 * @param make whether nodes for it may be made (mknod(2))
 */
public record DeviceRule(Kind kind, OptionalInt major, OptionalInt minor, boolean read, boolean write, boolean make) {

    /**
     * What runc gives every container: all may be made (a node is of no use by itself), and used may be null, zero,
     * full, random, urandom, tty, the terminals of devpts and its ptmx, and tun.
     */
    public static final List<DeviceRule> DEFAULT = List.of(
            new DeviceRule(Kind.CHARACTER, OptionalInt.empty(), OptionalInt.empty(), false, false, true),
            new DeviceRule(Kind.BLOCK, OptionalInt.empty(), OptionalInt.empty(), false, false, true),
            character(1, 3),
            character(1, 5),
            character(1, 7),
            character(1, 8),
            character(1, 9),
            character(5, 0),
            character(5, 2),
            character(10, 200),
            new DeviceRule(Kind.CHARACTER, OptionalInt.of(136), OptionalInt.empty(), true, true, true));

    /** The two kinds of device node. */
    public enum Kind {
        BLOCK,
        CHARACTER
    }

    private static DeviceRule character(int major, int minor) {
        return new DeviceRule(Kind.CHARACTER, OptionalInt.of(major), OptionalInt.of(minor), true, true, true);
    }

    /** As the v1 devices controller takes it: {@code c 1:3 rwm}. */
    @Override
    public String toString() {
        return (kind == Kind.BLOCK ? "b " : "c ") + number(major) + ":" + number(minor) + " " + (read ? "r" : "")
                + (write ? "w" : "") + (make ? "m" : "");
    }

    private static String number(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "*";
    }
}
