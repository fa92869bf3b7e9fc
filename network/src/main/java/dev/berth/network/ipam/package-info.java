/** Which addresses a network has, and which of them is whose. */
@NullMarked
package dev.berth.network.ipam;

import org.jspecify.annotations.NullMarked;
