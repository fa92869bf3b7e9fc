package dev.berth.image.catalog;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An image that is here.
 *
 * @param id its configuration's digest
 * @param manifest where its layers are listed
 * @param bytes that its unpacked files take up
 * @param lastTagged when it was last given a name
 * @param passing whether it counts only as long as it has a name: it is just being added or removed, which a crash is not
 *     to leave half done
 */
public record ImageRecord(Digest id, Descriptor manifest, long bytes, Optional<Instant> lastTagged, boolean passing) {
    byte[] write() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", id.toString());
        tree.put("manifest", manifest.toTree());
        tree.put("bytes", bytes);
        lastTagged.ifPresent(time -> tree.put("lastTagged", time.toString()));
        if (passing) {
            tree.put("passing", true);
        }
        return JsonObject.write(tree);
    }

    static ImageRecord read(byte[] json) throws ImageException {
        JsonObject object = JsonObject.parse(json, "image record");
        String lastTagged = object.string("lastTagged");
        try {
            return new ImageRecord(
                    object.digest("id"),
                    Descriptor.read(object.requiredObject("manifest")),
                    object.requiredLong("bytes"),
                    lastTagged.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(lastTagged)),
                    object.has("passing"));
        } catch (DateTimeException e) {
            throw object.wrong("lastTagged", "is not a time");
        }
    }

    ImageRecord taggedAt(Instant time) {
        return new ImageRecord(id, manifest, bytes, Optional.of(time), passing);
    }

    ImageRecord passing(boolean now) {
        return new ImageRecord(id, manifest, bytes, lastTagged, now);
    }
}
