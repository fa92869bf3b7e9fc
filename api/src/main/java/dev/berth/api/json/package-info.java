/** JSON in and out: bodies read into the engine's records, trees of maps written. */
@NullMarked
package dev.berth.api.json;

import org.jspecify.annotations.NullMarked;
