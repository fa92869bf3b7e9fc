package dev.berth.engine.container;

import io.avaje.jsonb.Json;

/**
 * A volume that a container has, as its file of state has it.
 *
 * @param volume the volume's name
 * @param target the path inside
 * @param mode the options as they were given, or as Docker tells them
 * @param subpath what is mounted of it; empty for all
 * @param anonymous whether it was made for want of a name, and may go with the container
 */
@Json
record VolumeMount(String volume, String target, String mode, boolean readOnly, String subpath, boolean anonymous) {
    /** As another container has it from this one. */
    VolumeMount inherited(boolean readOnlyThere) {
        return new VolumeMount(volume, target, "", readOnly || readOnlyThere, subpath, anonymous);
    }

    /** One that stays when its container goes. */
    VolumeMount kept() {
        return new VolumeMount(volume, target, mode, readOnly, subpath, false);
    }
}
