@NullMarked
package dev.berth.engine.network;

import org.jspecify.annotations.NullMarked;
