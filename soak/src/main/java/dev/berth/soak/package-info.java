/**
 * Random operations by many clients on one daemon, through its API alone, each answer held against a model of what the
 * state must be; and at the end, whether anything is left behind. {@code soak/run} runs it for as long as one likes.
 */
@NullMarked
package dev.berth.soak;

import org.jspecify.annotations.NullMarked;
