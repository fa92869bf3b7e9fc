@NullMarked
package dev.berth.testcontainers;

import org.jspecify.annotations.NullMarked;
