/** What an engine's table of nftables says: who reaches whom, by which address, and at which published port. */
@NullMarked
package dev.berth.network.nat;

import org.jspecify.annotations.NullMarked;
