/** What this host can do for containers, and what keeps it from more: {@code berth system check}. */
@NullMarked
package dev.berth.cli.check;

import org.jspecify.annotations.NullMarked;
