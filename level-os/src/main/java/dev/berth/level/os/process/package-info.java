/**
 * Running processes: their streams, moved between pipes or a terminal and the engine on the level's one event loop, and
 * their end, told when all they wrote has been given away.
 */
@NullMarked
package dev.berth.level.os.process;

import org.jspecify.annotations.NullMarked;
