/**
 * From what was asked for to what a level is told: what cannot be honoured is refused by name, and the rest becomes
 * parts of a {@link dev.berth.level.SandboxSpec}. Nothing here changes anything on the host but
 * {@link dev.berth.engine.spec.NetworkFiles}.
 */
@NullMarked
package dev.berth.engine.spec;

import org.jspecify.annotations.NullMarked;
