/**
 * What an image is made of: digests, descriptors, manifests, indexes and configurations after the OCI image
 * specification 1.1 and Docker's schema 2; how big each may be ({@link dev.berth.image.oci.Limits}), and how one that
 * is wrong is refused ({@link dev.berth.image.oci.ImageException}). Everything else in this module builds on it.
 */
@NullMarked
package dev.berth.image.oci;

import org.jspecify.annotations.NullMarked;
