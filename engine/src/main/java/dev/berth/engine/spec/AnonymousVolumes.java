package dev.berth.engine.spec;

import dev.berth.level.MountSpec;
import dev.berth.level.Rootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The paths that a configuration declares as volumes. They live and end with their container: one that the image has is
 * part of the container's changes, content and owner included; one that it has not, or that would be read-only with the
 * root, is an empty directory of the container's own.
 */
public final class AnonymousVolumes {
    private AnonymousVolumes() {}

    /**
     * Makes the directories that are needed; gives how they are mounted.
     *
     * @param taken targets of other mounts, which go before
     * @param directory the container's own
     */
    public static List<MountSpec> make(Set<String> volumes, Set<String> taken, Rootfs rootfs, Path directory)
            throws IOException {
        List<MountSpec> mounts = new ArrayList<>();
        int number = 0;
        for (String volume : volumes) {
            String target = target(volume);
            Path source = directory.resolve("volumes").resolve(Integer.toString(number++));
            if (!taken.contains(target) && (rootfs.readOnly() || !isIn(rootfs.lower(), Path.of(target)))) {
                Files.createDirectories(source);
                mounts.add(new MountSpec.Bind(source, target, false, true, "rprivate"));
            }
        }
        return mounts;
    }

    /** Where declared volumes are inside, but for those that other mounts take the place of. */
    public static List<String> targets(Set<String> volumes, Set<String> taken) {
        return volumes.stream()
                .map(AnonymousVolumes::target)
                .filter(target -> !taken.contains(target))
                .toList();
    }

    private static String target(String volume) {
        return Path.of(volume).normalize().toString();
    }

    /** Whether a layer has the path. A link on the way counts as having it: where it leads, only the container can tell. */
    private static boolean isIn(List<Path> layers, Path target) {
        for (Path layer : layers) {
            Path path = layer;
            boolean there = true;
            for (Path name : target) {
                path = path.resolve(name);
                if (Files.isSymbolicLink(path)) {
                    return true;
                }
                there &= Files.exists(path, LinkOption.NOFOLLOW_LINKS);
            }
            if (there) {
                return true;
            }
        }
        return false;
    }
}
