/** Jars on their way to whoever makes images of them: found with all that they name, and packed. */
@NullMarked
package dev.berth.cli.jar;

import org.jspecify.annotations.NullMarked;
