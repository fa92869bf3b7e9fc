/**
 * Control groups (cgroups(7)): how much a container may use, how much it uses, and which processes are in it. This
 * package has the interface and its values; {@code v1} and {@code v2} are twins behind it with one controller a file,
 * named as the kernel names it; {@code host} finds out which of them this host has.
 */
@NullMarked
package dev.berth.linux.cgroup;

import org.jspecify.annotations.NullMarked;
