/**
 * The image that needs no registry: {@code hello-world}, for every processor Berth has code for. Its program is
 * assembled by {@link dev.berth.linux.asm} when the image is first asked for, so there is neither a compiler in the
 * build nor a binary in the source.
 */
@NullMarked
package dev.berth.image.builtin;

import org.jspecify.annotations.NullMarked;
