/**
 * Network interfaces, addresses, routes and neighbours by rtnetlink (rtnetlink(7)), and the network namespaces that
 * they are in. A {@link dev.berth.linux.netlink.Rtnetlink} speaks for one namespace; below it lies
 * {@link dev.berth.linux.netlink.NetlinkSocket}, which other netlink families use too.
 */
@NullMarked
package dev.berth.linux.netlink;

import org.jspecify.annotations.NullMarked;
