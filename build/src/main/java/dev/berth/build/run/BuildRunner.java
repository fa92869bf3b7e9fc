package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.Limits;
import dev.berth.build.cache.BuildCache;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.files.Archives;
import dev.berth.build.files.ContextTree;
import dev.berth.build.output.BuildResult;
import dev.berth.engine.Engine;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.state.Trees;
import dev.berth.image.Image;
import dev.berth.image.registry.Reference;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Runs builds, each from its context to its image. Safe for use by many threads. */
public final class BuildRunner {
    private static final int DOCKERFILE_MODE = 0644;

    private final Build.Facilities facilities;

    /** When the builds that are under way began. */
    private final Map<Path, Instant> underWay = new ConcurrentHashMap<>();

    private BuildRunner(Build.Facilities facilities) {
        this.facilities = facilities;
    }

    /**
     * As {@link dev.berth.build.Builder#open}; what a crash has left of builds is removed.
     *
     * @param mounts where directories are kept that RUNs mount
     */
    public static BuildRunner open(Engine engine, BuildCache cache, Path mounts) {
        StepContainer.removeLeft(engine);
        return new BuildRunner(new Build.Facilities(
                engine,
                cache,
                Jsonb.builder().build(),
                new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors())),
                new CacheDirectories(mounts)));
    }

    /** As {@link dev.berth.build.Builder#build}. */
    public Image build(BuildRequest request, InputStream archive, BuildListener listener)
            throws IOException, InterruptedException {
        for (String name : request.names()) {
            Reference.parse(name).withDefaultTag();
        }
        Path own = Files.createDirectory(
                facilities.engine().scratch().resolve(UUID.randomUUID().toString()));
        underWay.put(own, Instant.now());
        try (ContextTree context = context(request, archive, own)) {
            String source = new String(
                    context.content(request.dockerfile(), Limits.DOCKERFILE_CHARS)
                            .orElseThrow(() -> BuildException.invalid(
                                    "Cannot locate specified Dockerfile: " + request.dockerfile())),
                    StandardCharsets.UTF_8);
            Dockerfile dockerfile = Dockerfile.parse(source, request.dockerfile());
            IgnoreFile ignored = ignored(context, request.dockerfile());
            context.remove(ignored);
            Image image = new Build(facilities, request, context, ignored, dockerfile, listener, own).run();
            return name(image, request, listener);
        } finally {
            underWay.remove(own);
            Trees.delete(own);
        }
    }

    private static ContextTree context(BuildRequest request, InputStream archive, Path own)
            throws IOException, InterruptedException {
        if (request.remote().isEmpty()) {
            return ContextTree.read(archive, own.resolve("context"));
        }
        Fetched fetched = Fetched.from(request.remote().get(), own.resolve("fetched"));
        try (InputStream content = Files.newInputStream(fetched.content())) {
            return Archives.isArchive(Files.newInputStream(fetched.content()))
                    ? ContextTree.read(content, own.resolve("context"))
                    : ContextTree.of(
                            request.dockerfile(), content, DOCKERFILE_MODE, Instant.EPOCH, own.resolve("context"));
        }
    }

    /** When the oldest build began that is under way; now where there is none. */
    public Instant oldestStart() {
        return underWay.values().stream().min(Comparator.naturalOrder()).orElseGet(Instant::now);
    }

    /** The Dockerfile's own ignore file, or the context's. */
    private static IgnoreFile ignored(ContextTree context, String dockerfile) throws IOException {
        for (String name : new String[] {dockerfile + ".dockerignore", ".dockerignore"}) {
            Optional<byte[]> text = context.content(name, Limits.IGNORE_FILE_CHARS);
            if (text.isPresent()) {
                try {
                    return IgnoreFile.parse(new String(text.get(), StandardCharsets.UTF_8));
                } catch (IgnoreFileException e) {
                    throw BuildException.invalid(name + ": " + e.getMessage());
                }
            }
        }
        return IgnoreFile.NONE;
    }

    private Image name(Image image, BuildRequest request, BuildListener listener) throws IOException {
        EngineImages images = facilities.engine().images();
        listener.result(new BuildResult(image.manifest().descriptor(), List.of(image)));
        if (!request.result().keep()) {
            listener.built(image.id());
            return image;
        }
        images.store().show(image);
        listener.built(image.id());
        listener.text("Successfully built " + image.id().hex().substring(0, 12) + "\n");
        Image named = image;
        for (String name : request.names()) {
            named = images.tag(image.id().toString(), name);
            listener.text("Successfully tagged "
                    + Reference.parse(name).withDefaultTag().familiar() + "\n");
        }
        return named;
    }
}
