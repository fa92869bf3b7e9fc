/** What of a directory belongs to a build. */
@NullMarked
package dev.berth.build.context;

import org.jspecify.annotations.NullMarked;
