/** Which control groups a host has: the one place that knows both versions. */
@NullMarked
package dev.berth.linux.cgroup.host;

import org.jspecify.annotations.NullMarked;
