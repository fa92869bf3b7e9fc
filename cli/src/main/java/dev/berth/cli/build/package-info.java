/** Builds from Dockerfiles: the context on its way to the daemon, and what comes back, shown. */
@NullMarked
package dev.berth.cli.build;

import org.jspecify.annotations.NullMarked;
