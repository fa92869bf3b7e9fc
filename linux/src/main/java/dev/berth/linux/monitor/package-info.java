/** The process that stands between a container and its engine, so that neither the end of the engine ends the container
 * nor the container's end is missed while there is no engine. */
@NullMarked
package dev.berth.linux.monitor;

import org.jspecify.annotations.NullMarked;
