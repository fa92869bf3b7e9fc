/** What the kernel knows of sockets and Java does not tell. */
@NullMarked
package dev.berth.linux.socket;

import org.jspecify.annotations.NullMarked;
