/**
 * What happened, told to those who listen: a bus with a short memory that no slow listener can hold up.
 */
@NullMarked
package dev.berth.engine.event;

import org.jspecify.annotations.NullMarked;
