/**
 * The domain: containers, execs, images in use, events and logs, with their state on disk. No HTTP.
 */
@NullMarked
package dev.berth.engine;

import org.jspecify.annotations.NullMarked;
