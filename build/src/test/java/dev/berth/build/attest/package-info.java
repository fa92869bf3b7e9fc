/** Tests of what is attested of an image. */
@NullMarked
package dev.berth.build.attest;

import org.jspecify.annotations.NullMarked;
