/**
 * From an OCI configuration to the program of system calls that makes it true: the order of steps is in {@link
 * dev.berth.level.os.launch.SandboxProgram} for a sandbox's first process and in {@link
 * dev.berth.level.os.launch.ExecProgram} for a further one; what both do is in {@link
 * dev.berth.level.os.launch.ProcessSteps}.
 */
@NullMarked
package dev.berth.level.os.launch;

import org.jspecify.annotations.NullMarked;
