/** What {@code build --output} asks for, and how it comes from the daemon to where it is wanted. */
@NullMarked
package dev.berth.cli.output;

import org.jspecify.annotations.NullMarked;
