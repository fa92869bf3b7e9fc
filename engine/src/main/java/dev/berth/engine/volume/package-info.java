/**
 * Volumes: directories with a life of their own below the data root, and those whose files are elsewhere. They know the
 * containers that use them by their ids alone.
 */
@NullMarked
package dev.berth.engine.volume;

import org.jspecify.annotations.NullMarked;
