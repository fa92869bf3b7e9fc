@NullMarked
package dev.berth.engine.spec;

import org.jspecify.annotations.NullMarked;
