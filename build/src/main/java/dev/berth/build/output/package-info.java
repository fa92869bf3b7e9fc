/** What a build's result is, and the forms in which it leaves the builder. */
@NullMarked
package dev.berth.build.output;

import org.jspecify.annotations.NullMarked;
