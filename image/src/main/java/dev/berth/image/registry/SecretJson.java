package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;

/** Reads JSON that holds secrets: an error does not repeat any of it. */
final class SecretJson {
    private SecretJson() {}

    /** As {@link JsonObject#parse}, with an exception that has no cause and no details. */
    static JsonObject parse(byte[] json, String what) throws ImageException {
        try {
            return JsonObject.parse(json, what);
        } catch (ImageException e) {
            throw ImageException.invalid(what + " is not a well-formed JSON object");
        }
    }
}
