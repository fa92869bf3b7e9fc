/**
 * ELF files. Writes static executables around machine code of {@link dev.berth.linux.asm}: the programs that Berth brings
 * along are made by its own build, without compiler or linker. Reads of others' files what they need of the dynamic
 * loader.
 */
@NullMarked
package dev.berth.linux.elf;

import org.jspecify.annotations.NullMarked;
