/** Bridge networks as the kernel has them: a bridge on the host, and for each endpoint a pair of interfaces that ends in it. */
@NullMarked
package dev.berth.network.bridge;

import org.jspecify.annotations.NullMarked;
