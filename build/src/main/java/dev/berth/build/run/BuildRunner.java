package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.ContextSource;
import dev.berth.build.ImageLayout;
import dev.berth.build.Limits;
import dev.berth.build.cache.BuildCache;
import dev.berth.build.cache.CacheDirectories;
import dev.berth.build.cache.transfer.CompressedLayers;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.build.dockerfile.BuildPlatforms;
import dev.berth.build.dockerfile.CheckContext;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.files.Archives;
import dev.berth.build.files.Context;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.FileDigests;
import dev.berth.build.files.FolderTree;
import dev.berth.build.git.GitAddress;
import dev.berth.build.inquiry.Answer;
import dev.berth.build.inquiry.Answers;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.engine.Engine;
import dev.berth.engine.state.Trees;
import dev.berth.image.Image;
import dev.berth.image.oci.LongTexts;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Runs builds, each from its context to its image. Safe for use by many threads. */
public final class BuildRunner {
    static final String IGNORE_FILE = ".dockerignore";
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
     * @param compressed what layers are when they are written to other caches
     * @param directories that RUNs mount
     */
    public static BuildRunner open(
            Engine engine, BuildCache cache, CompressedLayers compressed, CacheDirectories directories) {
        StepContainer.removeLeft(engine);
        return new BuildRunner(new Build.Facilities(
                engine,
                cache,
                compressed,
                Jsonb.builder().adapter(LongTexts.stream()).build(),
                directories,
                StepFlights.in(engine.images().store().cache())));
    }

    /** As {@link dev.berth.build.Builder#answer}. */
    public Answer answer(Inquiry inquiry, BuildRequest request, ContextSource source, BuildListener listener)
            throws IOException, InterruptedException {
        Path own = scratch();
        try (ContextSource.Opened context = source.open(own);
                NamedContexts contexts = new NamedContexts(request, own)) {
            String text = dockerfile(request, context);
            IgnoreFile ignored = ignored(context, request.dockerfile());
            Platform platform = request.result().platforms().stream()
                    .findFirst()
                    .or(request::platform)
                    .orElse(Platform.host());
            BaseImages bases = new BaseImages(facilities.engine().images(), request, contexts, listener, platform);
            CheckContext checked = new CheckContext(
                    Build.arguments(request),
                    new BuildPlatforms(Platform.host(), platform),
                    request.target(),
                    request.target().isEmpty(),
                    ignored,
                    bases::asked);
            return new Answers(text, request.dockerfile(), name -> contexts.has(name, platform), checked).to(inquiry);
        } catch (DockerfileException e) {
            if (e.getCause() instanceof IOException unreachable) {
                throw unreachable;
            }
            throw e;
        } finally {
            Trees.delete(own);
        }
    }

    private Path scratch() throws IOException {
        return Files.createDirectory(
                facilities.engine().scratch().resolve(UUID.randomUUID().toString()));
    }

    private static String dockerfile(BuildRequest request, ContextSource.Opened context)
            throws IOException, InterruptedException {
        return new String(
                context.besideDockerfile(request.dockerfile(), Limits.DOCKERFILE_CHARS)
                        .orElseThrow(() ->
                                BuildException.invalid("Cannot locate specified Dockerfile: " + request.dockerfile())),
                StandardCharsets.UTF_8);
    }

    /** As {@link dev.berth.build.Builder#build}. */
    public Image build(BuildRequest request, ContextSource source, BuildListener listener)
            throws IOException, InterruptedException {
        for (String name : request.names()) {
            Reference.parse(name).withDefaultTag();
        }
        Path own = scratch();
        Instant began = Instant.now();
        underWay.put(own, began);
        try (BuildCache.Making _ = facilities.cache().making();
                ContextSource.Opened context = source.open(own);
                NamedContexts contexts = new NamedContexts(request, own)) {
            String text = dockerfile(request, context);
            Dockerfile dockerfile = Dockerfile.parse(text, request.dockerfile());
            IgnoreFile ignored = ignored(context, request.dockerfile());
            Context files = context.files(ignored);
            PlatformBuilds.Given given =
                    new PlatformBuilds.Given(began, text, dockerfile, ignored, files, contexts, own);
            return new PlatformBuilds(facilities, request, given, listener).run();
        } finally {
            underWay.remove(own);
            Trees.delete(own);
        }
    }

    /** An image's files. The caller closes it. */
    public OpenImage open(Image image) throws IOException {
        return OpenImage.of(facilities, image);
    }

    /**
     * The context that a request names, or an archive that came with it.
     *
     * @param archive plain or compressed; not closed
     */
    public static ContextSource context(BuildRequest request, InputStream archive) {
        return own -> new WholeContext(
                request.remote().isEmpty()
                        ? ContextTree.read(archive, own.resolve("context"))
                        : fetched(request, request.remote().get(), own));
    }

    /** As {@link dev.berth.build.Builder#folder}. */
    public static ContextSource context(Path directory, Map<String, byte[]> documents, FileDigests digests) {
        Map<String, byte[]> beside = Map.copyOf(documents);
        return _ -> new WholeContext(FolderTree.open(directory, beside, digests));
    }

    /** A context whose files are all here. */
    public static ContextSource.Opened opened(Context files) {
        return new WholeContext(files);
    }

    /**
     * A layout in a folder.
     *
     * @param image the tag or the digest of the one that is meant
     */
    public static ImageLayout.Source layout(ContextSource folder, String image) {
        return FolderLayout.of(folder, image);
    }

    private static ContextTree fetched(BuildRequest request, String remote, Path own)
            throws IOException, InterruptedException {
        Optional<GitAddress> repository = GitAddress.ofContext(remote);
        if (repository.isPresent()) {
            return Repositories.context(repository.get(), request, own);
        }
        if (!Fetched.isAddress(remote)) {
            throw BuildException.invalid(
                    "the context " + remote
                            + " is neither a repository nor an address of http: git://, git@, ssh://, https:// and http:// are known");
        }
        Fetched fetched = Fetched.from(remote, own.resolve("fetched"));
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
    private static IgnoreFile ignored(ContextSource.Opened context, String dockerfile)
            throws IOException, InterruptedException {
        String own = dockerfile + ".dockerignore";
        Optional<byte[]> text = context.besideDockerfile(own, Limits.IGNORE_FILE_CHARS);
        return text.isPresent()
                ? parsed(text, own)
                : parsed(context.file(IGNORE_FILE, Limits.IGNORE_FILE_CHARS), IGNORE_FILE);
    }

    static IgnoreFile parsed(Optional<byte[]> text, String name) {
        try {
            return text.isEmpty() ? IgnoreFile.NONE : IgnoreFile.parse(new String(text.get(), StandardCharsets.UTF_8));
        } catch (IgnoreFileException e) {
            throw BuildException.invalid(name + ": " + e.getMessage());
        }
    }
}
