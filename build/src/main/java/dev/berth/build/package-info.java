/** Builds: a Dockerfile and a context, or a Java application, become an image. */
@NullMarked
package dev.berth.build;

import org.jspecify.annotations.NullMarked;
