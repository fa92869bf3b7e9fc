package dev.berth.maven;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthException;
import dev.berth.embedded.BuildSpec;
import dev.berth.embedded.ImageInfo;
import dev.berth.embedded.JarSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.plugin.MojoExecutionException;
import org.jspecify.annotations.Nullable;

/** What {@code berth:build} does, once it is known that this Java can. */
final class ImageBuild {
    private final Build build;
    private final String image;
    private final List<String> tags;
    private final Map<String, String> labels;
    private final boolean push;
    private final @Nullable File output;

    ImageBuild(
            Build build,
            String image,
            List<String> tags,
            Map<String, String> labels,
            boolean push,
            @Nullable File output) {
        this.build = build;
        this.image = image;
        this.tags = tags;
        this.labels = labels;
        this.push = push;
        this.output = output;
    }

    /** What an image is made of. */
    sealed interface Source {}

    record OfDockerfile(
            File context,
            String dockerfile,
            @Nullable String target,
            Map<String, String> args,
            boolean noCache,
            boolean pull)
            implements Source {}

    record OfJar(
            File jar,
            @Nullable String base,
            List<String> modules,
            @Nullable String mainClass,
            List<String> jvmFlags,
            List<String> arguments,
            Map<String, String> env,
            List<String> ports,
            @Nullable String user)
            implements Source {}

    void run(Source source) throws MojoExecutionException {
        try {
            Berth berth = SessionEngine.of(build).berth();
            ImageInfo made = source instanceof OfDockerfile file
                    ? berth.images().build(spec(file))
                    : berth.images().build(spec((OfJar) source));
            build.log().info("Image " + String.join(", ", made.names()) + " is " + made.id());
            deliver(berth);
        } catch (BerthException | IOException e) {
            throw new MojoExecutionException("building the image " + image + " failed: " + e.getMessage(), e);
        }
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(List.of(image));
        names.addAll(tags);
        return names;
    }

    private BuildSpec spec(OfDockerfile file) {
        LineLog lines = new LineLog(build.log());
        BuildSpec spec = BuildSpec.of(file.context().toPath())
                .dockerfile(file.dockerfile())
                .output(lines::accept);
        for (String name : names()) {
            spec = spec.name(name);
        }
        for (Map.Entry<String, String> one : file.args().entrySet()) {
            spec = spec.argument(one.getKey(), one.getValue());
        }
        for (Map.Entry<String, String> one : labels.entrySet()) {
            spec = spec.label(one.getKey(), one.getValue());
        }
        spec = file.target() == null ? spec : spec.target(file.target());
        spec = file.noCache() ? spec.afresh() : spec;
        return file.pull() ? spec.pullBases() : spec;
    }

    private JarSpec spec(OfJar of) {
        JarSpec spec = JarSpec.of(of.jar().toPath())
                .libraries(build.project().getArtifacts().stream()
                        .map(Artifact::getFile)
                        .map(File::toPath)
                        .toList())
                .modules(of.modules().toArray(String[]::new))
                .jvmFlags(of.jvmFlags().toArray(String[]::new))
                .arguments(of.arguments().toArray(String[]::new))
                .ports(of.ports().toArray(String[]::new))
                .output(line -> build.log().info(line));
        for (String name : names()) {
            spec = spec.name(name);
        }
        for (Map.Entry<String, String> one : of.env().entrySet()) {
            spec = spec.env(one.getKey(), one.getValue());
        }
        for (Map.Entry<String, String> one : labels.entrySet()) {
            spec = spec.label(one.getKey(), one.getValue());
        }
        spec = of.base() == null ? spec : spec.base(of.base());
        spec = of.mainClass() == null ? spec : spec.mainClass(of.mainClass());
        return of.user() == null ? spec : spec.user(of.user());
    }

    private void deliver(Berth berth) throws IOException {
        if (output != null) {
            Path file = output.toPath();
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            berth.images().save(file, names().toArray(String[]::new));
            build.log().info("Written to " + file);
        }
        if (push) {
            for (String name : names()) {
                berth.images().push(name);
                build.log().info("Pushed " + name);
            }
        }
    }
}
