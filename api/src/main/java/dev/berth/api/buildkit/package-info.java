/** What BuildKit's clients speak: sessions, in which the client serves its files and secrets, and the progress of builds. */
@NullMarked
package dev.berth.api.buildkit;

import org.jspecify.annotations.NullMarked;
