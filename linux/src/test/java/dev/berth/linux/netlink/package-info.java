@NullMarked
package dev.berth.linux.netlink;

import org.jspecify.annotations.NullMarked;
