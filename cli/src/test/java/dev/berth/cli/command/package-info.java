/** From command lines to requests. */
@NullMarked
package dev.berth.cli.command;

import org.jspecify.annotations.NullMarked;
