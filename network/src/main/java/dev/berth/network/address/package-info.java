/** Addresses and prefixes as values: parsed strictly, printed as Docker prints them. */
@NullMarked
package dev.berth.network.address;

import org.jspecify.annotations.NullMarked;
