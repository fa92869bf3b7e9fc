/**
 * The kernel's packet filter and address translation, nf_tables, by its own netlink protocol (nft(8), {@code
 * linux/netfilter/nf_tables.h}). Everything lives in tables of the family {@code inet}, which sees IPv4 and IPv6 both
 * (kernel 5.2 on). A {@link dev.berth.linux.nftables.Transaction} is carried out whole or not at all;
 * {@link dev.berth.linux.nftables.Nftables} commits it, and lists what is there.
 */
@NullMarked
package dev.berth.linux.nftables;

import org.jspecify.annotations.NullMarked;
