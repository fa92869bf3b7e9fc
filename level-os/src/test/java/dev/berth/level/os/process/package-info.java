/** Tests of a process's streams. */
@NullMarked
package dev.berth.level.os.process;

import org.jspecify.annotations.NullMarked;
