/**
 * Images: OCI and Docker descriptors, the content store, the registry client, layers and snapshots.
 */
@NullMarked
package dev.berth.image;

import org.jspecify.annotations.NullMarked;
