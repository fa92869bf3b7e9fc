/** What stands for control groups where this process may make none: an ordinary user's engine. */
@NullMarked
package dev.berth.linux.cgroup.none;

import org.jspecify.annotations.NullMarked;
