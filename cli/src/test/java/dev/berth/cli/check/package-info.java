@NullMarked
package dev.berth.cli.check;

import org.jspecify.annotations.NullMarked;
