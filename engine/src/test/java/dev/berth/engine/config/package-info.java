@NullMarked
package dev.berth.engine.config;

import org.jspecify.annotations.NullMarked;
