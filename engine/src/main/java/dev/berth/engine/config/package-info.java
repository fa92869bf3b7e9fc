/**
 * What a container is asked to be: the records have the names and the shape of Docker's JSON and serve the API and the
 * files of state alike. They are read from what strangers send, so every constructor turns what is absent into an
 * empty value; what an empty value means is said at each. {@link dev.berth.engine.config.Limits} bounds all input.
 */
@NullMarked
package dev.berth.engine.config;

import org.jspecify.annotations.NullMarked;
