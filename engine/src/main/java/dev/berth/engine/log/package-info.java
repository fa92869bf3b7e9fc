/**
 * What containers print, on its way to where their log drivers keep it, read back and followed. Begin reading at
 * {@link dev.berth.engine.log.ContainerLog}; where messages can go, {@link dev.berth.engine.log.LogDrivers} says.
 */
@NullMarked
package dev.berth.engine.log;

import org.jspecify.annotations.NullMarked;
