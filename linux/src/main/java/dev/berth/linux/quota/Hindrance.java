package dev.berth.linux.quota;

import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.quota.ProjectQuota.Accounting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why projects of a file system cannot be limited, as it is mounted.
 *
 * @param found what there is
 * @param mend how to have them
 */
public record Hindrance(String found, String mend) {
    /**
     * That of the file system which a directory is on; empty where there is none.
     *
     * @throws IOException if the directory cannot be looked at
     */
    public static Optional<Hindrance> of(Path directory) throws IOException {
        try (Directory opened = Directory.open(directory)) {
            Accounting accounting = new ProjectQuota(opened).accounting();
            return of(directory, Files.getFileStore(directory).type(), accounting);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static Optional<Hindrance> of(Path directory, String type, Accounting accounting) {
        String on = directory + " is on " + type;
        return switch (accounting) {
            case ENFORCED -> Optional.empty();
            case COUNTED ->
                Optional.of(new Hindrance(
                        on + ", which counts what projects take and limits nothing", "mount it with 'prjquota'"));
            case NONE ->
                Optional.of(
                        switch (type) {
                            case "xfs" ->
                                new Hindrance(
                                        on + " without project quotas",
                                        "mount it anew with 'prjquota' (a remount is not enough)");
                            case "ext4" ->
                                new Hindrance(
                                        on + " without project quotas",
                                        "unmount it, 'tune2fs -O project,quota -Q prjquota' on its device, and"
                                                + " mount it with 'prjquota'; the kernel needs CONFIG_QFMT_V2");
                            default -> new Hindrance(on + ", which has no project quotas here", "use xfs or ext4");
                        });
        };
    }

    @Override
    public String toString() {
        return found + ": " + mend;
    }
}
