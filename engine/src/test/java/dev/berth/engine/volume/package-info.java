@NullMarked
package dev.berth.engine.volume;

import org.jspecify.annotations.NullMarked;
