@NullMarked
package dev.berth.image.check;

import org.jspecify.annotations.NullMarked;
