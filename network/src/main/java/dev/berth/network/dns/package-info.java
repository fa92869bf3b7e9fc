/** The resolver that containers on networks of their own find at 127.0.0.11. */
@NullMarked
package dev.berth.network.dns;

import org.jspecify.annotations.NullMarked;
