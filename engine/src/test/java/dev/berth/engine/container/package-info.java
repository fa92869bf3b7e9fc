@NullMarked
package dev.berth.engine.container;

import org.jspecify.annotations.NullMarked;
