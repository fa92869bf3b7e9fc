/**
 * The Docker Engine HTTP API over the engine: routing, JSON, streams, upgrades. No domain logic.
 */
@NullMarked
package dev.berth.api;

import org.jspecify.annotations.NullMarked;
