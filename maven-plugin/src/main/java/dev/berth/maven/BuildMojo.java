package dev.berth.maven;

import java.io.File;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.jspecify.annotations.Nullable;

/**
 * Makes an image: of a Dockerfile where the project has one, else of its jar and the libraries that it runs with. It stays in
 * Berth's folder of images, and can be pushed, or written into a file.
 */
@Mojo(
        name = "build",
        defaultPhase = LifecyclePhase.PACKAGE,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
public final class BuildMojo extends BerthMojo {
    /** Name of the image. */
    @Parameter(property = "berth.image", defaultValue = "${project.artifactId}:${project.version}")
    private @Nullable String image;

    /** Further names of the image. */
    @Parameter
    private List<String> tags = List.of();

    /** Folder that COPY and ADD take files of. */
    @Parameter(property = "berth.context", defaultValue = "${project.basedir}")
    private @Nullable File context;

    /** Path in the context; without it {@code Dockerfile}, where there is one. */
    @Parameter(property = "berth.dockerfile")
    private @Nullable String dockerfile;

    /** Stage of the Dockerfile; without it the last one. */
    @Parameter
    private @Nullable String target;

    /** Values for ARG. */
    @Parameter
    private Map<String, String> args = Map.of();

    /** Labels of the image. */
    @Parameter
    private Map<String, String> labels = Map.of();

    /** Does every step of a Dockerfile anew. */
    @Parameter(property = "berth.noCache", defaultValue = "false")
    private boolean noCache;

    /** Fetches the base images of a Dockerfile although they are here. */
    @Parameter(property = "berth.pull", defaultValue = "false")
    private boolean pull;

    /** Jar, or folder of classes, that the image is made of where there is no Dockerfile. */
    @Parameter(property = "berth.jar", defaultValue = "${project.build.directory}/${project.build.finalName}.jar")
    private @Nullable File jar;

    /** Image with a {@code java} for the jar; without it a runtime is made of the JDK that runs Maven. */
    @Parameter(property = "berth.base")
    private @Nullable String base;

    /** Modules of the JDK that the jar's classes only name at run time. */
    @Parameter
    private List<String> modules = List.of();

    /** Class that the jar begins with, instead of its manifest's. */
    @Parameter
    private @Nullable String mainClass;

    /** Flags behind {@code java}. */
    @Parameter
    private List<String> jvmFlags = List.of();

    /** Arguments of the jar's application. */
    @Parameter
    private List<String> arguments = List.of();

    /** Variables of the environment, of a jar's image. */
    @Parameter
    private Map<String, String> env = Map.of();

    /** Ports that the jar's application listens on. */
    @Parameter
    private List<String> ports = List.of();

    /** User of a jar's image. */
    @Parameter
    private @Nullable String user;

    /** Sends the image, by each of its names, to its registry. */
    @Parameter(property = "berth.push", defaultValue = "false")
    private boolean push;

    /** File that the image is written into, for {@code docker load}. */
    @Parameter(property = "berth.output")
    private @Nullable File output;

    /** For Maven. */
    public BuildMojo() {}

    @Override
    void run(Build build) throws MojoExecutionException {
        File folder = given(context, "context");
        boolean ofDockerfile = dockerfile != null || new File(folder, "Dockerfile").isFile();
        new ImageBuild(build, given(image, "image"), List.copyOf(tags), labels, push, output)
                .run(
                        ofDockerfile
                                ? new ImageBuild.OfDockerfile(
                                        folder,
                                        dockerfile == null ? "Dockerfile" : dockerfile,
                                        target,
                                        args,
                                        noCache,
                                        pull)
                                : new ImageBuild.OfJar(
                                        given(jar, "jar"),
                                        base,
                                        modules,
                                        mainClass,
                                        jvmFlags,
                                        arguments,
                                        env,
                                        ports,
                                        user));
    }
}
