/**
 * Files as a maker of trees needs them: relative to an open directory, so that no path can be made to lead elsewhere
 * by a symbolic link (openat2(2)), with owners, devices, extended attributes and times, which java.nio doesn't give.
 */
@NullMarked
package dev.berth.linux.file;

import org.jspecify.annotations.NullMarked;
