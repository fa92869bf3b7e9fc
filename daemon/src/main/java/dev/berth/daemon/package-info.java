/**
 * Wires the levels, the engine and the API together: options, sockets, start and stop.
 */
@NullMarked
package dev.berth.daemon;

import org.jspecify.annotations.NullMarked;
