/**
 * Berth's goals for Maven: {@code berth:build} makes an image, {@code berth:start} and {@code berth:stop} have services run
 * around integration tests. What they do is the library's, {@code dev.berth.embedded}: this reads what a build's file says.
 */
@NullMarked
package dev.berth.maven;

import org.jspecify.annotations.NullMarked;
