/**
 * The {@code berth} command: a plain client of the daemon's socket.
 */
@NullMarked
package dev.berth.cli;

import org.jspecify.annotations.NullMarked;
