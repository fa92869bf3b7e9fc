@NullMarked
package dev.berth.engine.log;

import org.jspecify.annotations.NullMarked;
