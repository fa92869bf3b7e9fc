@NullMarked
package dev.berth.build.run;

import org.jspecify.annotations.NullMarked;
