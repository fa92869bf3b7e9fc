/** A host's networks as one: what has to be done together is done together, or not at all. */
@NullMarked
package dev.berth.network.host;

import org.jspecify.annotations.NullMarked;
