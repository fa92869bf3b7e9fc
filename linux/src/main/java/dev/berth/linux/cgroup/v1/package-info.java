/** Control groups of version 1: a hierarchy for each controller (kernel documentation, {@code admin-guide/cgroup-v1}). */
@NullMarked
package dev.berth.linux.cgroup.v1;

import org.jspecify.annotations.NullMarked;
