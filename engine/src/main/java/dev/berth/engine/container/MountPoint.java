package dev.berth.engine.container;

/**
 * A mount of a container as {@code inspect} tells it (Docker's {@code MountPoint}).
 *
 * @param type {@code bind}, {@code volume} or {@code tmpfs}
 * @param name of the volume; empty for others
 * @param source the path on the host; empty for others
 * @param destination the path inside
 * @param driver {@code local} for volumes; empty for others
 * @param mode the options as they were given
 */
public record MountPoint(
        String type,
        String name,
        String source,
        String destination,
        String driver,
        String mode,
        boolean writable,
        String propagation) {}
