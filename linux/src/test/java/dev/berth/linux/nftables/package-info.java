@NullMarked
package dev.berth.linux.nftables;

import org.jspecify.annotations.NullMarked;
