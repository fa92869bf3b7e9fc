@NullMarked
package dev.berth.build.cache.transfer;

import org.jspecify.annotations.NullMarked;
