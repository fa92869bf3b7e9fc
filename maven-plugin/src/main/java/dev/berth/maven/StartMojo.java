package dev.berth.maven;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Starts services for integration tests, one after the other, each when the one before is ready, on a network where they find
 * each other by their names. Ports of the host that lead to them become properties of the project. They end with {@code
 * berth:stop}, and otherwise with Maven.
 */
@Mojo(name = "start", defaultPhase = LifecyclePhase.PRE_INTEGRATION_TEST, threadSafe = true)
public final class StartMojo extends BerthMojo {
    /** The services. */
    @Parameter(required = true)
    private List<Service> services = List.of();

    /** Folder that the services' output is written into when they are stopped, a file each. */
    @Parameter(defaultValue = "${project.build.directory}/berth")
    private @Nullable File logs;

    /** For Maven. */
    public StartMojo() {}

    @Override
    void run(Build build) throws MojoExecutionException {
        new ServiceStart(build, services, given(logs, "logs")).run();
    }
}
