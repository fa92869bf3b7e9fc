@NullMarked
package dev.berth.build;

import org.jspecify.annotations.NullMarked;
