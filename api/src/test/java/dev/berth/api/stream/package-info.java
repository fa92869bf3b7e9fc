/** What passes between an engine and its clients. */
@NullMarked
package dev.berth.api.stream;

import org.jspecify.annotations.NullMarked;
