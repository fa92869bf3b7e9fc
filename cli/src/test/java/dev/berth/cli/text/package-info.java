/** Texts as Docker prints them. */
@NullMarked
package dev.berth.cli.text;

import org.jspecify.annotations.NullMarked;
