@NullMarked
package dev.berth.image.catalog;

import org.jspecify.annotations.NullMarked;
