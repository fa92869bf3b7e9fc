/** What is wanted of a build beside what it is made of, and what it came to. */
@NullMarked
package dev.berth.build.output;

import org.jspecify.annotations.NullMarked;
