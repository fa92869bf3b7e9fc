/**
 * The OCI runtime configuration ({@code config.json} of the runtime-spec 1.2, its Linux part) as far as Berth uses it:
 * what a sandbox is described by before it becomes system calls, and what runc takes, so that both can be compared.
 */
@NullMarked
package dev.berth.level.os.oci;

import org.jspecify.annotations.NullMarked;
