package dev.berth.build;

import dev.berth.build.cache.BuildCache;
import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheDirectories;
import dev.berth.build.cache.CacheEntry;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.cache.CachePruning;
import dev.berth.build.cache.PrunedCache;
import dev.berth.build.cache.UnkeptSteps;
import dev.berth.build.cache.transfer.CompressedLayers;
import dev.berth.build.files.FileDigests;
import dev.berth.build.files.SentContexts;
import dev.berth.build.inquiry.Answer;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.build.run.BuildRunner;
import dev.berth.build.run.ImageFiles;
import dev.berth.build.run.OpenImage;
import dev.berth.engine.Engine;
import dev.berth.image.Image;
import dev.berth.image.oci.Annotations;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Builds images over an engine: the face of this module. Safe for use by many threads; several builds at once share the
 * machine's processors and the cache.
 */
public final class Builder {
    /** As with BuildKit, a tenth of the disk. */
    private static final int CACHE_SHARE = 10;

    private final Path directory;
    private final Engine engine;
    private final BuildRunner runner;
    private final BuildCache cache;
    private final CacheDirectories directories;
    private final FileDigests digests;
    private final SentContexts sent;
    /** Builds that can be cancelled, by the name that their clients have given them. */
    private final Map<String, Thread> running = new ConcurrentHashMap<>();

    private Builder(
            Path directory,
            Engine engine,
            BuildRunner runner,
            BuildCache cache,
            CacheDirectories directories,
            SentContexts sent) {
        this.directories = directories;
        this.sent = sent;
        this.directory = directory;
        this.digests = new FileDigests(directory.resolve("digests"));
        this.engine = engine;
        this.runner = runner;
        this.cache = cache;
    }

    /**
     * The builder of an engine, which stays the caller's.
     *
     * @param directory what builds leave for later ones; made where it is missing
     */
    public static Builder open(Engine engine, Path directory) throws IOException {
        BuildCache cache =
                BuildCache.open(directory.resolve("cache"), engine.images().store());
        CompressedLayers compressed = new CompressedLayers(
                directory.resolve("compressed"), engine.images().store().content());
        CacheDirectories directories = new CacheDirectories(directory.resolve("mounts"));
        BuildRunner runner = BuildRunner.open(engine, cache, compressed, directories);
        SentContexts sent = SentContexts.open(directory.resolve("contexts"));
        Builder builder = new Builder(directory, engine, runner, cache, directories, sent);
        Thread.ofVirtual().name("build-cache").start(builder::bound);
        return builder;
    }

    /**
     * Builds an image, on this thread; an interrupt ends it. Nothing but the cache is left of one that fails.
     *
     * @param id by which it can be cancelled; empty for not at all
     * @param context an archive, plain or compressed; the stream is not closed
     * @throws BuildException where it makes no sense, or a step fails
     * @throws dev.berth.build.dockerfile.DockerfileException for the Dockerfile
     */
    public Image build(String id, BuildRequest request, InputStream context, BuildListener listener)
            throws IOException, InterruptedException {
        return build(id, request, BuildRunner.context(request, context), listener);
    }

    /**
     * A directory as a context, which is read in place. Only what instructions name is read of it, and nothing of that again by
     * later builds as long as it does not change. A build fails where a file changes while it is used.
     *
     * @param documents by their names, a Dockerfile and its ignore file that are not in the directory; no step finds them
     */
    public ContextSource folder(Path directory, Map<String, byte[]> documents) {
        return BuildRunner.context(directory, documents, digests);
    }

    /** What is here of contexts that clients have sent, so that only what changes of them is sent again. */
    public SentContexts sentContexts() {
        return sent;
    }

    /** The same of a context that comes in another way. */
    public Image build(String id, BuildRequest request, ContextSource context, BuildListener listener)
            throws IOException, InterruptedException {
        if (!id.isEmpty()) {
            running.put(id, Thread.currentThread());
        }
        try {
            return runner.build(request, context, listener);
        } finally {
            running.remove(id, Thread.currentThread());
            Thread.ofVirtual().name("build-cache").start(this::bound);
        }
    }

    /**
     * Says what is asked about a build's Dockerfile. Nothing is built; of images that stages are built upon and that are not
     * here, the configurations are read in their registries, for they bring variables with them.
     *
     * @throws BuildException where the context or the Dockerfile is not there
     * @throws dev.berth.build.dockerfile.DockerfileException where it cannot be built, unless that is what is asked for
     */
    public Answer answer(Inquiry inquiry, BuildRequest request, ContextSource context, BuildListener listener)
            throws IOException, InterruptedException {
        return runner.answer(inquiry, request, context, listener);
    }

    /**
     * Writes the files of images as an archive; the stream is not closed.
     *
     * @param apart whether each image's files are in a directory that is named after its platform: {@code linux_amd64}
     */
    public void writeFiles(List<Image> images, boolean apart, OutputStream out) throws IOException {
        ImageFiles.write(runner, images, apart, out);
    }

    /**
     * Writes an image, or one for several platforms, as an archive; the stream is not closed.
     *
     * @param names that it has there
     * @param annotations what is noted in its documents there
     */
    public void writeArchive(List<Image> images, List<String> names, Annotations annotations, OutputStream out)
            throws IOException {
        engine.images().store().saveTogether(images, names, annotations, out);
    }

    /**
     * Sends an image to the registry that one of its names tells, with what is attested of it.
     *
     * @param annotations what is noted in its documents there
     */
    public void push(String name, Credentials credentials, Annotations annotations, TransferListener listener)
            throws IOException {
        engine.images().push(new PushRequest(name, false, Optional.empty(), credentials, annotations), listener);
    }

    /** An image's files. The caller closes them. */
    public OpenImage files(Image image) throws IOException {
        return runner.open(image);
    }

    /** Keeps the cache at its share of the disk, and clears up behind it; no build waits for that. */
    private void bound() {
        try {
            removeUnkept();
            long most = Files.getFileStore(directory).getTotalSpace() / CACHE_SHARE;
            prune(CacheFilter.ALL, true, CacheBounds.reserved(most));
        } catch (IOException | RuntimeException e) {
            System.getLogger(Builder.class.getName())
                    .log(System.Logger.Level.DEBUG, "the build cache is not bounded this time: {0}", e.getMessage());
        }
    }

    /**
     * Removes what steps came to and no build would find: of steps that were done anew, and what a crash has left. That is done
     * at the start and behind each build; with this, it is done. Nothing happens while builds are under way.
     */
    public void removeUnkept() throws IOException {
        new UnkeptSteps(engine, cache).remove();
    }

    /** Ends a build; nothing happens where there is none of that name. */
    public void cancel(String id) {
        Thread thread = running.get(id);
        if (thread != null) {
            thread.interrupt();
        }
    }

    /**
     * Forgets what builds have left for later ones, that used longest ago first; what a build that is under way has used stays.
     *
     * @param all also what images are made of that are there, and what is known of folders' files
     * @param bounds how much may stay
     */
    public PrunedCache prune(CacheFilter filter, boolean all, CacheBounds bounds) throws IOException {
        return left().run(filter, all, bounds, runner.oldestStart());
    }

    /** What builds have left for later ones, that used last first. */
    public List<CacheEntry> list() throws IOException {
        return left().list();
    }

    private CachePruning left() {
        return new CachePruning(engine, cache, directories, digests, sent);
    }

    /** What steps have come to. */
    public BuildCache cache() {
        return cache;
    }
}
