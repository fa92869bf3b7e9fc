package dev.berth.level.os.launch;

import dev.berth.linux.launch.Calls;
import java.util.ArrayList;
import java.util.List;

/**
 * Options of a mount as OCI and mount(8) write them, taken apart.
 *
 * @param flags {@code MS_…} flags of the mount itself; its first four bits are also those of mount_setattr(2)
 * @param propagation an {@code MS_…} flag for this mount, 0 for none
 * @param recursivePropagation whether it is for all mounts below too
 * @param bind whether a tree of the host's is meant
 * @param recursive whether mounts below the bound tree come along
 * @param data what the file system itself takes
 */
record MountOptions(
        long flags, long propagation, boolean recursivePropagation, boolean bind, boolean recursive, String data) {
    static MountOptions parse(List<String> options) {
        long flags = 0;
        long propagation = 0;
        boolean recursivePropagation = false;
        boolean bind = false;
        boolean recursive = false;
        List<String> data = new ArrayList<>();
        for (String option : options) {
            switch (option) {
                case "ro" -> flags |= Calls.MS_RDONLY;
                case "rw" -> flags &= ~Calls.MS_RDONLY;
                case "nosuid" -> flags |= Calls.MS_NOSUID;
                case "suid" -> flags &= ~Calls.MS_NOSUID;
                case "nodev" -> flags |= Calls.MS_NODEV;
                case "dev" -> flags &= ~Calls.MS_NODEV;
                case "noexec" -> flags |= Calls.MS_NOEXEC;
                case "exec" -> flags &= ~Calls.MS_NOEXEC;
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
                default -> data.add(option);
            }
        }
        return new MountOptions(flags, propagation, recursivePropagation, bind, recursive, String.join(",", data));
    }
}
