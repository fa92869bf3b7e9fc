/** Published ports where address translation cannot serve: connections and datagrams carried by hand. */
@NullMarked
package dev.berth.network.proxy;

import org.jspecify.annotations.NullMarked;
