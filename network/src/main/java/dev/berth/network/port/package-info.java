/** Ports of the host that stand for ports of containers: their forms, who has which, and how they are held. */
@NullMarked
package dev.berth.network.port;

import org.jspecify.annotations.NullMarked;
