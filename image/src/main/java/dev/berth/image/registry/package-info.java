/**
 * Registries: the client of the OCI distribution protocol (blobs, manifests, uploads), who it says it is (tokens, basic
 * authentication, {@code ~/.docker/config.json}), and the two things done with it: pull and push.
 */
@NullMarked
package dev.berth.image.registry;

import org.jspecify.annotations.NullMarked;
