@NullMarked
package dev.berth.build.java;

import org.jspecify.annotations.NullMarked;
