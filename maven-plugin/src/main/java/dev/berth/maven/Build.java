package dev.berth.maven;

import java.io.File;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * The build of Maven's that a goal is run in.
 *
 * @param cache the folder of images; none for the usual one
 */
record Build(
        MavenSession session,
        MavenProject project,
        @Nullable File cache,
        Log log) {}
