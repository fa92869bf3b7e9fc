package dev.berth.build.cache;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a directory of {@code RUN --mount=type=cache} is for.
 *
 * @param uses how many instructions have had it
 */
record MountRecord(String description, Instant created, Instant lastUsed, long uses) {
    MountRecord usedAt(Instant time, String by) {
        return new MountRecord(by, created, time, uses + 1);
    }

    CacheEntry entry(String id, long bytes, boolean inUse) {
        return new CacheEntry(id, CacheEntry.Type.MOUNT, description, bytes, created, lastUsed, uses, inUse, false);
    }

    byte[] write() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("description", description);
        tree.put("created", created.toString());
        tree.put("lastUsed", lastUsed.toString());
        tree.put("uses", uses);
        return JsonObject.write(tree);
    }

    static MountRecord read(byte[] json) throws ImageException {
        JsonObject object = JsonObject.parse(json, "cache mount record");
        try {
            return new MountRecord(
                    object.string("description"),
                    Instant.parse(object.requiredString("created")),
                    Instant.parse(object.requiredString("lastUsed")),
                    object.requiredLong("uses"));
        } catch (DateTimeException e) {
            throw object.wrong("created", "is not a time");
        }
    }
}
