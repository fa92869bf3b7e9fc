@NullMarked
package dev.berth.image.snapshot;

import org.jspecify.annotations.NullMarked;
