/**
 * Who a process runs as: Docker's {@code --user} resolved in the container's own {@code /etc/passwd} and {@code
 * /etc/group}, read through the layers of its root before anything is mounted.
 */
@NullMarked
package dev.berth.level.os.user;

import org.jspecify.annotations.NullMarked;
