/**
 * Unpacked layers on disk, one directory a chain of layers, shared read-only by all containers; and the writable
 * directories of containers on top of them. A snapshot with a record is whole, also after a power loss.
 */
@NullMarked
package dev.berth.image.snapshot;

import org.jspecify.annotations.NullMarked;
