/**
 * The language of Dockerfiles: what a text says ({@link dev.berth.build.dockerfile.Dockerfile}), what its variables are
 * when ({@link dev.berth.build.dockerfile.Variables}), and what is doubtful in it ({@link dev.berth.build.dockerfile.Checks}).
 * Nothing here reads a file, asks a registry or runs anything.
 */
@NullMarked
package dev.berth.build.dockerfile;

import org.jspecify.annotations.NullMarked;
