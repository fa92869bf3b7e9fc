/**
 * The Linux kernel from Java: the only module with native calls. Small typed methods over one system-call handle;
 * an errno becomes a {@code LinuxException} that says what was being done.
 */
@NullMarked
package dev.berth.linux;

import org.jspecify.annotations.NullMarked;
