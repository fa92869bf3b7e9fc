/** What the engine says when it does not do what it was asked: {@link dev.berth.engine.error.EngineException}. */
@NullMarked
package dev.berth.engine.error;

import org.jspecify.annotations.NullMarked;
