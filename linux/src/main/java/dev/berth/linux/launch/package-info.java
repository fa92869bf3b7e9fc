/**
 * The launcher: processes started from a JVM with no fork and no native binary. A {@link
 * dev.berth.linux.launch.Program} is the life of a child between clone and exec, laid out off-heap as a table of
 * system calls; {@link dev.berth.linux.launch.LauncherCode} is the few hundred bytes of machine code that clones a
 * child on the JVM's own memory ({@code CLONE_VM | CLONE_VFORK}) and has it walk that table; {@link
 * dev.berth.linux.launch.Launcher} runs one with the other and turns a failed call into an error that names it.
 */
@NullMarked
package dev.berth.linux.launch;

import org.jspecify.annotations.NullMarked;
