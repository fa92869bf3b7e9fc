/**
 * The daemon is killed at random instants under load, and held to its word after each: what it answered has happened,
 * what it did not has happened wholly or not at all.
 */
@NullMarked
package dev.berth.conformance.crash;

import org.jspecify.annotations.NullMarked;
