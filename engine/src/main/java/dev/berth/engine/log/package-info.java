/**
 * What containers print, kept in files in the format of Docker's json-file driver, rotated, read back and followed.
 */
@NullMarked
package dev.berth.engine.log;

import org.jspecify.annotations.NullMarked;
