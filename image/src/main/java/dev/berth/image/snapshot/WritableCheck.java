package dev.berth.image.snapshot;

import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/** Checks that containers and the directories of their changes go together. */
public final class WritableCheck {
    private static final int SHORT_ID = 12;

    private final WritableLayers layers;
    private final Inspection inspection;
    private final Holders holders;
    private Set<String> needing = Set.of();

    public WritableCheck(WritableLayers layers, Inspection inspection, Holders holders) {
        this.layers = layers;
        this.inspection = inspection;
        this.holders = holders;
    }

    public void run() throws IOException {
        needing = holders.ofImages();
        Set<String> without = new HashSet<>(needing);
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(layers.directory())) {
            for (Path directory : directories) {
                String id = String.valueOf(directory.getFileName());
                without.remove(id);
                if (!WritableLayers.isId(id) || !isDirectory(directory)) {
                    inspection.foreign("file", directory);
                } else if (holders.exists(id)) {
                    check(id, directory);
                } else {
                    inspection.unfinished(
                            "directory " + directory, "it belongs to no container", "removed", () -> layers.remove(id));
                }
            }
        }
        if (!without.isEmpty()) {
            without.retainAll(holders.ofImages()); // others were removed meanwhile
        }
        for (String id : without) {
            lost(id, "the directory of its changes is gone");
        }
    }

    private void check(String id, Path directory) throws IOException {
        if (!needing.contains(id)) {
            return; // it is just being made or removed
        }
        try {
            if (layers.manifest(id).isEmpty()) {
                lost(id, "which image it lies on is not recorded");
            }
        } catch (ImageException e) {
            lost(id, "which image it lies on cannot be read: " + e.getMessage());
        }
        if (!isDirectory(directory.resolve("upper"))) {
            lost(id, "its changes are gone");
        } else if (!isDirectory(directory.resolve("work"))) {
            inspection.damaged(
                    container(id),
                    "overlayfs's own directory beside its changes is gone",
                    "made again",
                    () -> Files.createDirectory(
                            directory.resolve("work"),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
        }
    }

    private void lost(String id, String problem) {
        inspection.lost(container(id), problem, "it cannot start any more: remove it");
    }

    private static String container(String id) {
        return "container " + id.substring(0, Math.min(SHORT_ID, id.length()));
    }

    private static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }
}
