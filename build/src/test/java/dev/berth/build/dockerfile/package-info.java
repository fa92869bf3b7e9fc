/** Dockerfiles as texts, and what is to come of them. */
@NullMarked
package dev.berth.build.dockerfile;

import org.jspecify.annotations.NullMarked;
