@NullMarked
package dev.berth.engine.event;

import org.jspecify.annotations.NullMarked;
