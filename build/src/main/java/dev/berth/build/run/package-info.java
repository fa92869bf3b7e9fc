/** The solver: stages side by side, each step from the cache or done, and what they come to. */
@NullMarked
package dev.berth.build.run;

import org.jspecify.annotations.NullMarked;
