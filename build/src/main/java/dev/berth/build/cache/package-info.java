/** What steps came to, kept by what they were made of. */
@NullMarked
package dev.berth.build.cache;

import org.jspecify.annotations.NullMarked;
