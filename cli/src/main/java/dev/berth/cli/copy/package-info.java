/** What {@code cp} does on this side: paths as Docker understands them, local files to archives and back. */
@NullMarked
package dev.berth.cli.copy;

import org.jspecify.annotations.NullMarked;
