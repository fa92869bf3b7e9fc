/** Repositories as contexts and as what ADD takes: fetched by the host's {@code git}, as Docker's own daemon does. */
@NullMarked
package dev.berth.build.git;

import org.jspecify.annotations.NullMarked;
