@NullMarked
package dev.berth.api.buildkit;

import org.jspecify.annotations.NullMarked;
