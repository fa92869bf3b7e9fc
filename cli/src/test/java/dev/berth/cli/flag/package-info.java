/** Go's rules of flags. */
@NullMarked
package dev.berth.cli.flag;

import org.jspecify.annotations.NullMarked;
