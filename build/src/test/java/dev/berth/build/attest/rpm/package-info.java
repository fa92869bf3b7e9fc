/** Tests of what is attested of an image. */
@NullMarked
package dev.berth.build.attest.rpm;

import org.jspecify.annotations.NullMarked;
