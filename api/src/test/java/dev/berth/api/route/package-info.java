/** The endpoints over a real engine, as a client sees them. */
@NullMarked
package dev.berth.api.route;

import org.jspecify.annotations.NullMarked;
