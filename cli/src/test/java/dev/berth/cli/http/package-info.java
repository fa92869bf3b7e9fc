/** Answers of a daemon, good and bad. */
@NullMarked
package dev.berth.cli.http;

import org.jspecify.annotations.NullMarked;
