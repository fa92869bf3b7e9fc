/**
 * Images as one file: the archives of {@code docker save} in all its ages and OCI image layouts ({@code image-layout.md}),
 * read in one pass and written so that both kinds of readers find what they look for.
 */
@NullMarked
package dev.berth.image.archive;

import org.jspecify.annotations.NullMarked;
