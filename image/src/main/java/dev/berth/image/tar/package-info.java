/**
 * Tar, read and written as bytes: the ustar, GNU, PAX and old dialects that images come in. A reader of its own,
 * because names and extended attributes are bytes and not text, and a reader that decodes them as UTF-8 loses file
 * capabilities; and because each header's size has to be limited before it is read. Paths and link targets are strings
 * of one character a byte (ISO 8859-1) throughout.
 */
@NullMarked
package dev.berth.image.tar;

import org.jspecify.annotations.NullMarked;
