/**
 * What of sockets Java does not have: what the kernel knows of them, datagrams within a host (unix(7)), and the options of
 * those of the internet protocols (ip(7), ipv6(7)).
 */
@NullMarked
package dev.berth.linux.socket;

import org.jspecify.annotations.NullMarked;
