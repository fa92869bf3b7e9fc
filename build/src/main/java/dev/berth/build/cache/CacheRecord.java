package dev.berth.build.cache;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a step came to.
 *
 * @param key of what it was made of
 * @param next the key that further steps go on from, which is that of the contents where a step can be known by less
 * @param image the id of what it came to
 * @param description the step as the user knows it
 * @param bytes of its layer's files
 * @param uses how often it has spared a build the step
 */
public record CacheRecord(
        Digest key,
        Digest next,
        Digest image,
        String description,
        long bytes,
        Instant created,
        Instant lastUsed,
        int uses) {
    CacheRecord usedAt(Instant time) {
        return new CacheRecord(key, next, image, description, bytes, created, time, uses + 1);
    }

    CacheEntry entry(boolean shared) {
        String id = key.hex().substring(0, CacheEntry.ID_CHARS);
        return new CacheEntry(id, CacheEntry.Type.REGULAR, description, bytes, created, lastUsed, uses, false, shared);
    }

    byte[] write() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("key", key.toString());
        tree.put("next", next.toString());
        tree.put("image", image.toString());
        tree.put("description", description);
        tree.put("bytes", bytes);
        tree.put("created", created.toString());
        tree.put("lastUsed", lastUsed.toString());
        tree.put("uses", (long) uses);
        return JsonObject.write(tree);
    }

    static CacheRecord read(byte[] json) throws ImageException {
        JsonObject object = JsonObject.parse(json, "build cache record");
        try {
            return new CacheRecord(
                    object.digest("key"),
                    object.digest("next"),
                    object.digest("image"),
                    object.string("description"),
                    object.requiredLong("bytes"),
                    Instant.parse(object.requiredString("created")),
                    Instant.parse(object.requiredString("lastUsed")),
                    (int) object.requiredLong("uses"));
        } catch (DateTimeException e) {
            throw object.wrong("created", "is not a time");
        }
    }
}
