/** What steps came to, written for other hosts and read from them: to registries, folders, and into images. */
@NullMarked
package dev.berth.build.cache.transfer;

import org.jspecify.annotations.NullMarked;
