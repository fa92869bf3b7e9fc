@NullMarked
package dev.berth.engine.state;

import org.jspecify.annotations.NullMarked;
