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
 * @param passage what a crash is to make of it
 * @param step whether it is what a build has come to in between, and nobody has asked for it
 */
public record ImageRecord(
        Digest id, Descriptor manifest, long bytes, Optional<Instant> lastTagged, Passage passage, boolean step) {
    /** How far an image has come. */
    enum Passage {
        STAYS,
        /** It is just being added, and is there once it has a name. */
        COMES,
        /** It is being removed with all its names, and does not count any more. */
        GOES
    }

    byte[] write() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", id.toString());
        tree.put("manifest", manifest.toTree());
        tree.put("bytes", bytes);
        lastTagged.ifPresent(time -> tree.put("lastTagged", time.toString()));
        if (passage != Passage.STAYS) {
            tree.put("passage", passage.name());
        }
        if (step) {
            tree.put("step", true);
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
                    passage(object),
                    object.bool("step"));
        } catch (DateTimeException e) {
            throw object.wrong("lastTagged", "is not a time");
        }
    }

    ImageRecord taggedAt(Instant time) {
        return new ImageRecord(id, manifest, bytes, Optional.of(time), passage, false);
    }

    /** The same image, asked for by somebody. */
    ImageRecord shown() {
        return new ImageRecord(id, manifest, bytes, lastTagged, passage, false);
    }

    private static Passage passage(JsonObject object) throws ImageException {
        String word = object.string("passage");
        for (Passage passage : Passage.values()) {
            if (passage.name().equals(word)) {
                return passage;
            }
        }
        if (!word.isEmpty()) {
            throw object.wrong("passage", "is not one of an image");
        }
        return Passage.STAYS;
    }

    /** Whether it counts, given whether any name has it. */
    boolean counts(boolean named) {
        return passage == Passage.STAYS || (passage == Passage.COMES && named);
    }

    ImageRecord with(Passage now) {
        return new ImageRecord(id, manifest, bytes, lastTagged, now, step);
    }
}
