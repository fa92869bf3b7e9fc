package dev.berth.image.snapshot;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What makes a directory a snapshot: its record is written last. Until the file system has been synced, the record
 * counts only for as long as the system that wrote it runs.
 *
 * @param chainId the stack of layers whose top it is
 * @param directory its name below {@code l/}, or in the pool
 * @param bytes sum of its files' sizes
 * @param bootId the boot in which it was unpacked; empty once it is known to be on the disk
 * @param shared whether it is in the pool that the stores of a cache have together
 */
record SnapshotRecord(Digest chainId, String directory, long bytes, String bootId, boolean shared) {
    /** Whether what the record speaks of can be trusted in this boot. */
    boolean countsIn(String boot) {
        return bootId.isEmpty() || bootId.equals(boot);
    }

    boolean isSynced() {
        return bootId.isEmpty();
    }

    SnapshotRecord synced() {
        return new SnapshotRecord(chainId, directory, bytes, "", shared);
    }

    byte[] write() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("chainId", chainId.toString());
        tree.put("directory", directory);
        tree.put("bytes", bytes);
        tree.put("bootId", bootId);
        if (shared) {
            tree.put("shared", true);
        }
        return JsonObject.write(tree);
    }

    static SnapshotRecord read(byte[] json) throws ImageException {
        JsonObject object = JsonObject.parse(json, "snapshot record");
        String directory = object.requiredString("directory");
        if (!directory.matches("[0-9a-f]+")) {
            throw object.wrong("directory", "is not a snapshot's");
        }
        return new SnapshotRecord(
                object.digest("chainId"),
                directory,
                object.requiredLong("bytes"),
                object.string("bootId"),
                object.bool("shared"));
    }
}
