/**
 * Blobs on disk, named by their digest: taken in through temporary files, verified, synced, renamed. A name that
 * exists is whole.
 */
@NullMarked
package dev.berth.image.content;

import org.jspecify.annotations.NullMarked;
