package dev.berth.maven;

import dev.berth.embedded.BerthException;
import dev.berth.embedded.Container;
import dev.berth.embedded.Services;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.maven.plugin.MojoExecutionException;

/**
 * Services that run for a project.
 *
 * @param logs folder for what they have printed
 */
record RunningServices(File project, Services services, Path logs) {
    /** What {@code berth:stop} does. */
    static void stop(Build build) throws MojoExecutionException {
        try {
            for (RunningServices running :
                    SessionEngine.of(build).take(build.project().getBasedir())) {
                try {
                    running.writeLogs();
                } finally {
                    running.services.close();
                }
                build.log().info("Services stopped; what they have printed is in " + running.logs);
            }
        } catch (BerthException e) {
            throw new MojoExecutionException("stopping services failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new MojoExecutionException("writing what services have printed failed: " + e.getMessage(), e);
        }
    }

    /** Writes what each has printed into a file of its own. */
    void writeLogs() throws IOException {
        Files.createDirectories(logs);
        for (Map.Entry<String, Container> one : services.containers().entrySet()) {
            Files.writeString(
                    logs.resolve(one.getKey() + ".log"), one.getValue().logs());
        }
    }
}
