package dev.berth.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Who has an address on a link (arp(7)).
 *
 * @param link the interface's index
 * @param mac absent while nobody has answered
 * @param permanent whether it was set, and is not asked for again
 */
public record Neighbour(int link, InetAddress address, Optional<MacAddress> mac, boolean permanent) {}
