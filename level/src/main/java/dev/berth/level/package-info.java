/**
 * A level of virtualization, as the engine sees it: the interface {@link dev.berth.level.Level} and the values that
 * cross it, and nothing else. Virtualization can stand at five levels (instruction set, hardware, operating system,
 * language, library); each is one implementation of this interface, and the engine never asks which one it has. What
 * a level cannot do it says in its {@link dev.berth.level.Capability} set.
 */
@NullMarked
package dev.berth.level;

import org.jspecify.annotations.NullMarked;
