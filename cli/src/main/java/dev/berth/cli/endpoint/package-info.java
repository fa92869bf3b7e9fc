/** Which daemon is spoken to: addresses, and the contexts that keep them under names, in Docker's own files. */
@NullMarked
package dev.berth.cli.endpoint;

import org.jspecify.annotations.NullMarked;
