/** Processes by their pidfds: waiting for them, asking how they ended, sending them signals (pidfd_open(2)). */
@NullMarked
package dev.berth.linux.process;

import org.jspecify.annotations.NullMarked;
