package dev.berth.level.os.host;

import dev.berth.level.LevelException;
import dev.berth.level.MountSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What is mounted on the host (proc_pid_mountinfo(5)), as far as it decides on what containers see of later mounts. */
public final class HostMounts {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final int FIRST_TAG = 6;
    private static final Set<String> SHARED = Set.of("shared", "rshared");
    private static final Set<String> SLAVE = Set.of("slave", "rslave");

    private final List<HostMount> mounts;

    /** @param tags {@code shared:…}, {@code master:…} */
    private record HostMount(Path point, List<String> tags) {
        private boolean has(String tag) {
            return tags.stream().anyMatch(one -> one.startsWith(tag + ":"));
        }
    }

    private HostMounts(List<HostMount> mounts) {
        this.mounts = mounts;
    }

    /**
     * Checks that the host passes on what such a bind asks for, in Docker's words.
     *
     * @throws LevelException INVALID, naming the mount that does not
     */
    public static void checkPropagation(List<MountSpec> specs) {
        for (MountSpec spec : specs) {
            if (spec instanceof MountSpec.Bind bind
                    && (SHARED.contains(bind.propagation()) || SLAVE.contains(bind.propagation()))) {
                read().check(bind);
            }
        }
    }

    private static HostMounts read() {
        try {
            return parse(Files.readAllLines(MOUNTINFO));
        } catch (IOException e) {
            throw new LevelException(
                    LevelException.Kind.FAILED, "reading the host's mounts failed: " + e.getMessage(), e);
        }
    }

    static HostMounts parse(List<String> lines) {
        List<HostMount> mounts = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split(" ");
            int end = Arrays.asList(fields).indexOf("-");
            if (end >= FIRST_TAG) {
                mounts.add(new HostMount(
                        Path.of(unescape(fields[MOUNT_POINT])),
                        Arrays.asList(fields).subList(FIRST_TAG, end)));
            }
        }
        return new HostMounts(mounts);
    }

    void check(MountSpec.Bind bind) {
        Path source;
        try {
            source = bind.source().toRealPath();
        } catch (IOException e) {
            return; // the mount itself will tell that it is not there
        }
        HostMount mount = mounts.getFirst();
        for (HostMount candidate : mounts) { // of several on one point the last covers the others
            if (source.startsWith(candidate.point())
                    && candidate.point().getNameCount() >= mount.point().getNameCount()) {
                mount = candidate;
            }
        }
        boolean slave = SLAVE.contains(bind.propagation());
        if (!mount.has("shared") && !(slave && mount.has("master"))) {
            throw new LevelException(
                    LevelException.Kind.INVALID,
                    "path " + bind.source() + " is mounted on " + mount.point() + " but it is not a shared"
                            + (slave ? " or slave" : "") + " mount");
        }
    }

    private static String unescape(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
