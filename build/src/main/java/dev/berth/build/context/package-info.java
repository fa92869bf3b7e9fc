/** What a build is made of besides its Dockerfile: which files of a directory belong to it. */
@NullMarked
package dev.berth.build.context;

import org.jspecify.annotations.NullMarked;
