/** Tests of a build's outputs. */
@NullMarked
package dev.berth.cli.output;

import org.jspecify.annotations.NullMarked;
