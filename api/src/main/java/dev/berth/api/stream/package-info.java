/**
 * Streams between the engine and clients: a container's output on a connection, in frames or raw, with back-pressure;
 * input with detach keys; progress and events as JSON, one object a line.
 */
@NullMarked
package dev.berth.api.stream;

import org.jspecify.annotations.NullMarked;
