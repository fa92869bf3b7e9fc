/**
 * System-call policies: Docker's JSON profiles ({@link dev.berth.level.os.seccomp.Profile}) resolved for a set of
 * capabilities and an architecture, and compiled to the BPF that the kernel runs at every call
 * ({@link dev.berth.level.os.seccomp.FilterCompiler}; seccomp(2)). {@code default.json} is the policy of a container
 * that asks for nothing; the {@code syscalls-*} files are the kernel's numbers.
 */
@NullMarked
package dev.berth.level.os.seccomp;

import org.jspecify.annotations.NullMarked;
