/** Control groups of version 2: one hierarchy for all controllers (kernel documentation, {@code admin-guide/cgroup-v2.rst}). */
@NullMarked
package dev.berth.linux.cgroup.v2;

import org.jspecify.annotations.NullMarked;
