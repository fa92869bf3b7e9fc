/**
 * Containers: their life from create to remove, as one state machine each, and all that hangs on it: their sandbox's
 * specification, their files, their attachments, their health, their restarts.
 */
@NullMarked
package dev.berth.engine.container;

import org.jspecify.annotations.NullMarked;
