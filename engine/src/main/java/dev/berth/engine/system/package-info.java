/**
 * Facts about the host and this engine, for {@code info} and {@code version}.
 */
@NullMarked
package dev.berth.engine.system;

import org.jspecify.annotations.NullMarked;
