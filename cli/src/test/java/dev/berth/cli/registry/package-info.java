@NullMarked
package dev.berth.cli.registry;

import org.jspecify.annotations.NullMarked;
