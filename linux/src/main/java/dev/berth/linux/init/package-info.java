/**
 * A minimal init for containers that ask for one ({@code --init}): assembled by {@link dev.berth.linux.asm}, run from
 * memory as the container's first process, with the user's program as its child.
 */
@NullMarked
package dev.berth.linux.init;

import org.jspecify.annotations.NullMarked;
