/** The engine's answers in the shapes of Docker's JSON. */
@NullMarked
package dev.berth.api.view;

import org.jspecify.annotations.NullMarked;
