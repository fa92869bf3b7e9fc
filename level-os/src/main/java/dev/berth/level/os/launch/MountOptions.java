package dev.berth.level.os.launch;

import dev.berth.linux.launch.Calls;
import java.util.ArrayList;
import java.util.List;

/**
 * Options of a mount as OCI and mount(8) write them, taken apart.
 *
 * @param flags {@code MS_…} flags of the mount itself; its first four bits are also those of mount_setattr(2)
 * @param recursiveReadOnly whether what is mounted below is read-only too
 * @param propagation an {@code MS_…} flag for this mount, 0 for none
 * @param recursivePropagation whether it is for all mounts below too
 * @param bind whether a tree of the host's is meant
 * @param recursive whether mounts below the bound tree come along
 * @param remount whether it is a change of what is mounted there already
 * @param subpath what is meant of a bound tree; empty for all of it
 * @param data what the file system itself takes
 */
record MountOptions(
        long flags,
        boolean recursiveReadOnly,
        long propagation,
        boolean recursivePropagation,
        boolean bind,
        boolean recursive,
        boolean remount,
        String subpath,
        String data) {
    /** As mount(8) calls it. */
    static final String SUBPATH = "X-mount.subdir=";

    /** Whether what is mounted on the host later is to be seen, or the other way round. */
    boolean followsHost() {
        return bind && (propagation == Calls.MS_SLAVE || propagation == Calls.MS_SHARED);
    }

    static MountOptions parse(List<String> options) {
        long flags = 0;
        boolean recursiveReadOnly = false;
        long propagation = 0;
        boolean recursivePropagation = false;
        boolean bind = false;
        boolean recursive = false;
        boolean remount = false;
        String subpath = "";
        List<String> data = new ArrayList<>();
        for (String option : options) {
            switch (option) {
                case "ro" -> flags |= Calls.MS_RDONLY;
                case "rro" -> {
                    flags |= Calls.MS_RDONLY;
                    recursiveReadOnly = true;
                }
                case "remount" -> remount = true;
                case "rw" -> flags &= ~Calls.MS_RDONLY;
                case "nosuid" -> flags |= Calls.MS_NOSUID;
                case "suid" -> flags &= ~Calls.MS_NOSUID;
                case "nodev" -> flags |= Calls.MS_NODEV;
                case "dev" -> flags &= ~Calls.MS_NODEV;
                case "noexec" -> flags |= Calls.MS_NOEXEC;
                case "exec" -> flags &= ~Calls.MS_NOEXEC;
                case "noatime" -> flags |= Calls.MS_NOATIME;
                case "atime" -> flags &= ~Calls.MS_NOATIME;
                case "nodiratime" -> flags |= Calls.MS_NODIRATIME;
                case "diratime" -> flags &= ~Calls.MS_NODIRATIME;
                case "strictatime" -> flags |= Calls.MS_STRICTATIME;
                case "relatime" -> flags |= Calls.MS_RELATIME;
                case "bind" -> bind = true;
                case "rbind" -> {
                    bind = true;
                    recursive = true;
                }
                case "private", "slave", "shared", "rprivate", "rslave", "rshared" -> {
                    recursivePropagation = option.startsWith("r");
                    propagation = switch (recursivePropagation ? option.substring(1) : option) {
                        case "slave" -> Calls.MS_SLAVE;
                        case "shared" -> Calls.MS_SHARED;
                        default -> Calls.MS_PRIVATE;
                    };
                }
                case "defaults", "async", "z", "Z", "nocopy", "tmpcopyup" -> {}
                case String known when known.startsWith(SUBPATH) -> subpath = known.substring(SUBPATH.length());
                default -> data.add(option);
            }
        }
        return new MountOptions(
                flags,
                recursiveReadOnly,
                propagation,
                recursivePropagation,
                bind,
                recursive,
                remount,
                subpath,
                String.join(",", data));
    }
}
