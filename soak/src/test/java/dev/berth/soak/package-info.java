@NullMarked
package dev.berth.soak;

import org.jspecify.annotations.NullMarked;
