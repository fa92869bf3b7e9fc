package dev.berth.image.catalog;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A name, and the image that has it; where the name stands for several platforms, their images.
 *
 * @param name in full
 * @param image that is meant where no platform is asked for
 * @param index the list of manifests that the name stands for, if it does; its document is in the content store
 * @param variants the images that are here of other platforms of the index
 */
public record NameRecord(String name, Digest image, Optional<Descriptor> index, List<Digest> variants) {
    public NameRecord {
        variants = List.copyOf(variants);
    }

    /** A name for one image alone. */
    static NameRecord of(String name, Digest image) {
        return new NameRecord(name, image, Optional.empty(), List.of());
    }

    /** The same under another name. */
    public NameRecord as(String other) {
        return new NameRecord(other, image, index, variants);
    }

    /** All its images, the one that is meant without a platform first. */
    public List<Digest> images() {
        List<Digest> all = new ArrayList<>(List.of(image));
        all.addAll(variants);
        return all;
    }

    NameRecord without(Digest variant) {
        return new NameRecord(
                name,
                image,
                index,
                variants.stream().filter(other -> !other.equals(variant)).toList());
    }

    byte[] write() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        tree.put("image", image.toString());
        index.ifPresent(descriptor -> tree.put("index", descriptor.toTree()));
        if (!variants.isEmpty()) {
            tree.put("variants", variants.stream().map(Digest::toString).toList());
        }
        return JsonObject.write(tree);
    }

    static NameRecord read(byte[] json) throws ImageException {
        JsonObject object = JsonObject.parse(json, "image name record");
        Optional<JsonObject> index = object.object("index");
        List<Digest> variants = new ArrayList<>();
        for (String variant : object.strings("variants")) {
            variants.add(Digest.parse(variant));
        }
        return new NameRecord(
                object.requiredString("name"),
                object.digest("image"),
                index.isPresent() ? Optional.of(Descriptor.read(index.get())) : Optional.empty(),
                variants);
    }
}
