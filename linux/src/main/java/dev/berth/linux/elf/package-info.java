/**
 * Writes static ELF executables around machine code of {@link dev.berth.linux.asm}: the programs that Berth brings
 * along are made by its own build, without compiler or linker.
 */
@NullMarked
package dev.berth.linux.elf;

import org.jspecify.annotations.NullMarked;
