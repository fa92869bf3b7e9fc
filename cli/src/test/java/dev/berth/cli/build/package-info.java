/** Contexts as they are sent, and builds as they are shown. */
@NullMarked
package dev.berth.cli.build;

import org.jspecify.annotations.NullMarked;
