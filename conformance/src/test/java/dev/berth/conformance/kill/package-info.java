/**
 * JVMs that have an engine in themselves, killed at random instants: the next engine leaves nothing of what they had. Begin
 * reading at {@link dev.berth.conformance.kill.KilledJvmTest}.
 */
@NullMarked
package dev.berth.conformance.kill;

import org.jspecify.annotations.NullMarked;
