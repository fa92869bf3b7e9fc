@NullMarked
package dev.berth.junit;

import org.jspecify.annotations.NullMarked;
