@NullMarked
package dev.berth.engine.image;

import org.jspecify.annotations.NullMarked;
