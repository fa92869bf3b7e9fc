/**
 * Containers on Linux namespaces: a {@link dev.berth.level.Level} that turns a sandbox's specification into an OCI
 * runtime configuration and that into one program of system calls for the launcher.
 */
@NullMarked
package dev.berth.level.os;

import org.jspecify.annotations.NullMarked;
