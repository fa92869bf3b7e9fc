/** What every endpoint is, whatever its network: an interface in a container with addresses, gateways and settings. */
@NullMarked
package dev.berth.network.endpoint;

import org.jspecify.annotations.NullMarked;
