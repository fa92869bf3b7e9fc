@NullMarked
package dev.berth.build.git;

import org.jspecify.annotations.NullMarked;
