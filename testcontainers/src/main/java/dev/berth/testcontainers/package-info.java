/**
 * Has Testcontainers run on an engine in a JVM beside its own where no Docker is there. Nothing needs to be called: with this library
 * on the class path, Testcontainers finds {@link dev.berth.testcontainers.BerthClientProviderStrategy} by itself.
 *
 * <p>{@code -Dberth.testcontainers=always|fallback|off}, or {@code BERTH_TESTCONTAINERS} in the environment, says when.
 */
@NullMarked
package dev.berth.testcontainers;

import org.jspecify.annotations.NullMarked;
