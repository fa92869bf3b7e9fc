package dev.berth.image.oci;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one step of an image came about (OCI image-spec, config.md, "history").
 *
 * @param created in RFC 3339, or empty
 * @param emptyLayer whether the step changed the configuration alone and has no layer
 */
public record History(String created, String author, String createdBy, String comment, boolean emptyLayer) {
    static History read(JsonObject json) throws ImageException {
        return new History(
                json.string("created"),
                json.string("author"),
                json.string("created_by"),
                json.string("comment"),
                json.bool("empty_layer"));
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        put(tree, "created", created);
        put(tree, "author", author);
        put(tree, "created_by", createdBy);
        put(tree, "comment", comment);
        if (emptyLayer) {
            tree.put("empty_layer", true);
        }
        return tree;
    }

    private static void put(Map<String, Object> tree, String name, String value) {
        if (!value.isEmpty()) {
            tree.put(name, value);
        }
    }
}
