/** Flags in the manner of Go's pflag, which Docker's command line has: a table of them, and what a command line says. */
@NullMarked
package dev.berth.cli.flag;

import org.jspecify.annotations.NullMarked;
