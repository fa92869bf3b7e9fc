/** The files that steps copy: of contexts and of images, found by patterns, with digests of what they are. */
@NullMarked
package dev.berth.build.files;

import org.jspecify.annotations.NullMarked;
