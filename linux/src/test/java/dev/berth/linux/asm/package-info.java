/** Tests of the assemblers. */
@NullMarked
package dev.berth.linux.asm;

import org.jspecify.annotations.NullMarked;
