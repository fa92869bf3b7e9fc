/** Linux capabilities by name and number (capabilities(7)), and the set that a container gets. */
@NullMarked
package dev.berth.level.os.capability;

import org.jspecify.annotations.NullMarked;
