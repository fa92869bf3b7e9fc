/**
 * Layers: from a compressed stream of tar to a tree of files that overlayfs can stack, and back. Unpacking trusts
 * nothing: every file is reached from a directory's descriptor, no step of a path follows a link, and what is read is
 * counted against {@link dev.berth.image.oci.Limits}.
 */
@NullMarked
package dev.berth.image.layer;

import org.jspecify.annotations.NullMarked;
