/** Networks whose endpoints are on an interface of the host's, by MAC addresses of their own or by its one (macvlan, ipvlan). */
@NullMarked
package dev.berth.network.vlan;

import org.jspecify.annotations.NullMarked;
