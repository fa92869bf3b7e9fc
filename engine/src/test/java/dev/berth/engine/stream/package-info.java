@NullMarked
package dev.berth.engine.stream;

import org.jspecify.annotations.NullMarked;
