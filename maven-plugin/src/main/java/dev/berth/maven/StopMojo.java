package dev.berth.maven;

import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/** Ends the services that {@code berth:start} has started for the project, and writes down what they have printed. */
@Mojo(name = "stop", defaultPhase = LifecyclePhase.POST_INTEGRATION_TEST, threadSafe = true)
public final class StopMojo extends BerthMojo {
    /** For Maven. */
    public StopMojo() {}

    @Override
    void run(Build build) throws MojoExecutionException {
        RunningServices.stop(build);
    }
}
