/**
 * The whole engine held against its own rules ({@link dev.berth.conformance.ArchitectureTest}) and against the
 * programs it has to live with: real registries, real distributions, the official docker command line.
 */
@NullMarked
package dev.berth.conformance;

import org.jspecify.annotations.NullMarked;
