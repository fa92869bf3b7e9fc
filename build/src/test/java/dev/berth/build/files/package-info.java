@NullMarked
package dev.berth.build.files;

import org.jspecify.annotations.NullMarked;
