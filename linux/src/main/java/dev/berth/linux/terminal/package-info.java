/**
 * Terminals: the pseudo-terminals of containers ({@link dev.berth.linux.terminal.DevPts}), and the terminal that a
 * command line runs on ({@link dev.berth.linux.terminal.Terminal}).
 */
@NullMarked
package dev.berth.linux.terminal;

import org.jspecify.annotations.NullMarked;
