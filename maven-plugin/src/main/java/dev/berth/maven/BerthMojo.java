package dev.berth.maven;

import java.io.File;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * What all goals have. Goals name no type of the engine, which a Java older than Berth's could not load: it is told what is
 * missing instead.
 */
abstract class BerthMojo extends AbstractMojo {
    private static final int NEEDED_JAVA = 25;

    /** Does nothing. */
    @Parameter(property = "berth.skip", defaultValue = "false")
    private boolean skip;

    /** The folder of images; without it the one that all engines of this user have. */
    @Parameter(property = "berth.cache")
    private @Nullable File cache;

    @Parameter(defaultValue = "${session}", readonly = true)
    private @Nullable MavenSession session;

    @Parameter(defaultValue = "${project}", readonly = true)
    private @Nullable MavenProject project;

    @Override
    public final void execute() throws MojoExecutionException {
        if (skip) {
            getLog().info("berth.skip is set: nothing is done");
            return;
        }
        if (Runtime.version().feature() < NEEDED_JAVA) {
            throw new MojoExecutionException("Berth needs Maven to run on Java " + NEEDED_JAVA
                    + " or newer, and this is Java " + Runtime.version().feature() + " ("
                    + System.getProperty("java.home") + "): set JAVA_HOME to a newer JDK");
        }
        run(new Build(given(session, "session"), given(project, "project"), cache, getLog()));
    }

    abstract void run(Build build) throws MojoExecutionException;

    /** A value that Maven has set. */
    static <T> T given(@Nullable T value, String parameter) throws MojoExecutionException {
        if (value == null) {
            throw new MojoExecutionException("the parameter " + parameter + " is missing");
        }
        return value;
    }
}
