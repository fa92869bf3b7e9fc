@NullMarked
package dev.berth.embedded;

import org.jspecify.annotations.NullMarked;
