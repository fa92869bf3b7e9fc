/**
 * The images of an engine, in relation to its containers and its events.
 */
@NullMarked
package dev.berth.engine.image;

import org.jspecify.annotations.NullMarked;
