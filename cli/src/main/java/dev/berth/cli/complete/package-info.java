/** What may follow on a command line that is being typed, and the scripts that have shells ask for it. */
@NullMarked
package dev.berth.cli.complete;

import org.jspecify.annotations.NullMarked;
