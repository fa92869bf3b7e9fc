/**
 * Small JSON files that a crash at any instant leaves in their old or their new state.
 */
@NullMarked
package dev.berth.engine.state;

import org.jspecify.annotations.NullMarked;
