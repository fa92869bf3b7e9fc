package dev.berth.level;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a sandbox may do, as differences from the level's defaults.
 *
 * @param privileged all capabilities and devices, nothing masked, no system-call policy
 * @param capAdd capabilities to add, with or without {@code CAP_}, or {@code ALL}
 * @param capDrop capabilities to drop, likewise
 * @param noNewPrivileges whether execve(2) can grant nothing
 * @param seccomp the system-call policy
 * @param devices host devices to make available
 * @param deviceRules which further devices may be used, whether there are nodes for them or not
 * @param maskedPaths null-free; present means instead of the default list
 * @param readOnlyPaths present means instead of the default list
 */
public record Security(
        boolean privileged,
        List<String> capAdd,
        List<String> capDrop,
        boolean noNewPrivileges,
        Seccomp seccomp,
        List<Device> devices,
        List<DeviceRule> deviceRules,
        Optional<List<String>> maskedPaths,
        Optional<List<String>> readOnlyPaths) {

    public static final Security DEFAULT = new Security(
            false,
            List.of(),
            List.of(),
            false,
            new Seccomp.Default(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty());

    /** Without rules for devices. */
    public Security(
            boolean privileged,
            List<String> capAdd,
            List<String> capDrop,
            boolean noNewPrivileges,
            Seccomp seccomp,
            List<Device> devices,
            Optional<List<String>> maskedPaths,
            Optional<List<String>> readOnlyPaths) {
        this(privileged, capAdd, capDrop, noNewPrivileges, seccomp, devices, List.of(), maskedPaths, readOnlyPaths);
    }

    /** A system-call policy. */
    public sealed interface Seccomp {
        /** The level's own, which is Docker's. */
        record Default() implements Seccomp {}

        /** None. */
        record Unconfined() implements Seccomp {}

        /** A profile in Docker's JSON format. */
        record Profile(String json) implements Seccomp {}
    }

    /** A device of the host, where it appears inside, and what is allowed: some of {@code r}, {@code w}, {@code m}. */
    public record Device(String hostPath, String path, String permissions) {}

    /**
     * Allows devices by their numbers.
     *
     * @param kind {@code a} for all, {@code b} for block devices, {@code c} for character devices
     * @param major empty for every major number
     * @param minor empty for every minor number
     * @param permissions some of {@code r}, {@code w}, {@code m}
     */
    public record DeviceRule(char kind, OptionalInt major, OptionalInt minor, String permissions) {}
}
