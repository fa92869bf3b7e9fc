/** What this host offers containers: its kernel, the engine's own capabilities, its devices. */
@NullMarked
package dev.berth.level.os.host;

import org.jspecify.annotations.NullMarked;
