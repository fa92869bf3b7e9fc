/**
 * Images of Java applications without a Dockerfile: a jar, or a folder of classes, becomes layers of dependencies,
 * resources and classes, so that a change of the code changes the smallest of them. Begin reading at
 * {@link dev.berth.build.java.JavaImage}.
 */
@NullMarked
package dev.berth.build.java;

import org.jspecify.annotations.NullMarked;
