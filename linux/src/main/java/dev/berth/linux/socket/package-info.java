/** What of sockets Java does not have: what the kernel knows of them, and datagrams within a host (unix(7)). */
@NullMarked
package dev.berth.linux.socket;

import org.jspecify.annotations.NullMarked;
