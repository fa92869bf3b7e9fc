/**
 * Two tiny assemblers, x86-64 and aarch64, behind one set of operations: what the launcher's code, the built-in
 * {@code hello-world} and the container init are written in. A program is written once against
 * {@link dev.berth.linux.asm.Assembler} and comes out as position-independent machine code for either processor; that
 * is why there is no compiler in the build and no binary in the source.
 */
@NullMarked
package dev.berth.linux.asm;

import org.jspecify.annotations.NullMarked;
