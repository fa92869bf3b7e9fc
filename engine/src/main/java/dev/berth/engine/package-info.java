/**
 * The domain: containers, execs, volumes, images in use, events and logs, with their state on disk. No HTTP.
 * {@link dev.berth.engine.Engine} is the door: one engine owns one data root, and many live in one JVM. It is told
 * which levels of virtualization there are and never asks which one a container has.
 */
@NullMarked
package dev.berth.engine;

import org.jspecify.annotations.NullMarked;
