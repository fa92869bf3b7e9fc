/** JSON as trees, read and written; no class is made for it. */
@NullMarked
package dev.berth.cli.json;

import org.jspecify.annotations.NullMarked;
