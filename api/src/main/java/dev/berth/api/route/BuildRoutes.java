package dev.berth.api.route;

import dev.berth.api.buildkit.FolderClients;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.TransferLines;
import dev.berth.api.view.BuildResultView;
import dev.berth.build.BuildException;
import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.Builder;
import dev.berth.build.ContextSource;
import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheEntry;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.cache.PrunedCache;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.inquiry.Answer;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.build.output.BuildResult;
import dev.berth.build.run.BuildRunner;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.Digest;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /build}: images made of Dockerfiles, and what their steps came to. A client that leaves ends its build. */
final class BuildRoutes {
    private final Engine engine;
    private final Path directory;
    private final BuildCacheRoutes caches;
    private final SessionBuilds sessions;
    private final FolderClients clients = new FolderClients();
    private Optional<Builder> builder;

    BuildRoutes(Engine engine, Optional<Builder> shared, String version, System.Logger log) {
        this.caches = new BuildCacheRoutes(engine);
        this.sessions = new SessionBuilds(this::builder, caches, version);
        this.engine = engine;
        this.builder = shared;
        this.directory = engine.dataRoot().resolve("build");
        if (shared.isEmpty() && Files.exists(directory)) { // an engine before may have died in the middle of a build
            Thread.ofVirtual().start(() -> {
                try {
                    builder();
                } catch (IOException | RuntimeException e) {
                    log.log(System.Logger.Level.WARNING, "removing what is left of builds failed: " + e.getMessage());
                }
            });
        }
    }

    void addTo(Router router) {
        router.add("POST", "/build", this::build);
        sessions.addTo(router);
        router.add("POST", "/berth/build/folder", this::buildFolder);
        router.add("POST", "/berth/build/folders", this::folders);
        router.add("POST", "/build/prune", this::prune);
        router.add("POST", "/build/cancel", this::cancel);
        new BuildOutputRoutes(engine, this::builder).addTo(router);
        caches.addTo(router);
    }

    private synchronized Builder builder() throws IOException {
        if (builder.isEmpty()) {
            builder = Optional.of(Builder.open(engine, directory));
        }
        return builder.get();
    }

    private void build(Call call) throws IOException {
        if (SessionBuilds.isAskedFor(call)) {
            sessions.build(call);
            return;
        }
        try (LentFolders folders = LentFolders.of(call, clients)) {
            BuildRequest request = BuildQuery.read(call, folders.contexts(builder()), caches.options(call));
            Optional<String> sent = call.query("sent");
            ContextSource source = sent.isPresent()
                    ? folders.sent(sent.get(), builder())
                    : BuildRunner.context(request, call.exchange().body());
            Transfers.run(call, lines -> build(call, request, source, lines));
        }
    }

    /**
     * {@code POST /berth/build/folders}, beside Docker's API: a client that is about to ask for a build, and has folders that it sends over
     * this connection when it is asked for them. The query has {@code id}, which the build's {@code files} names, and
     * {@code host}, what the client calls the host that they are on. {@code POST /build} has {@code sent=<name>} where its context is
     * such a folder, and no body then.
     */
    private void folders(Call call) throws IOException {
        clients.serve(
                call.exchange(), call.query("id").orElse(""), call.query("host").orElse(""));
    }

    /**
     * {@code POST /berth/build/folder}, beside Docker's API: as {@code POST /build}, but of a directory that the client has
     * open, which is read in place. The query has {@code folder=<descriptor>:<device>:<inode>}; the body, where there is one,
     * is a JSON object of files that are not in the directory, in base64. It is for clients that may read what we may: we would
     * read for others what they cannot. A client that is told that there is no such directory sends an archive.
     */
    private void buildFolder(Call call) throws IOException {
        try (LentFolders lent = LentFolders.of(call, clients)) {
            BuildRequest request = BuildQuery.read(call, lent.contexts(builder()), caches.options(call));
            ContextSource source =
                    builder().folder(lent.folder(call.query("folder").orElse("")), documents(call));
            Transfers.run(call, lines -> build(call, request, source, lines));
        }
    }

    private static Map<String, byte[]> documents(Call call) throws IOException {
        byte[] body = call.document();
        Map<String, byte[]> documents = new LinkedHashMap<>();
        if (body.length > 0 && call.read(body, Object.class) instanceof Map<?, ?> map) {
            try {
                map.forEach((name, content) ->
                        documents.put(String.valueOf(name), Base64.getDecoder().decode(String.valueOf(content))));
            } catch (IllegalArgumentException e) {
                throw EngineException.invalid("the body is not a JSON object of files in base64");
            }
        }
        return documents;
    }

    private void build(Call call, BuildRequest request, ContextSource source, TransferLines lines) throws IOException {
        Lines listener = new Lines(lines, call.flag("q"), call.flag("interleaved"), call.flag("result"));
        try {
            Optional<Inquiry> inquiry = call.query("call").map(BuildRoutes::inquiry);
            if (inquiry.isPresent()) {
                Answer answer = builder().answer(inquiry.get(), request, source, listener);
                lines.send(JsonTree.of("aux", JsonTree.of("Answer", view(answer))));
                return;
            }
            builder().build(call.query("buildid").orElse(""), request, source, listener);
            listener.end();
        } catch (BuildException e) {
            listener.fail();
            if (!lines.hasBegun()) {
                throw e.kind() == BuildException.Kind.INVALID
                        ? EngineException.invalid(String.valueOf(e.getMessage()))
                        : EngineException.failed(String.valueOf(e.getMessage()), e);
            }
            if (!e.excerpt().isEmpty()) {
                lines.text(e.excerpt());
            }
            error(lines, String.valueOf(e.getMessage()), e.exitCode());
        } catch (DockerfileException e) {
            listener.fail();
            if (!lines.hasBegun()) {
                throw EngineException.invalid(e.getMessage() + "\n" + e.excerpt());
            }
            lines.text(e.excerpt());
            error(lines, String.valueOf(e.getMessage()), Optional.empty());
        } catch (InterruptedException e) {
            if (!lines.hasBegun()) {
                throw EngineException.failed("the build was cancelled", e);
            }
            error(lines, "the build was cancelled", Optional.empty());
        }
    }

    /** Our own: {@code call=frontend.lint} says what is found in the Dockerfile, and builds nothing. */
    private static Inquiry inquiry(String id) {
        return Inquiry.called(id)
                .orElseThrow(() -> EngineException.invalid("unsupported request \"" + id + "\" about a build"));
    }

    private static Map<String, @Nullable Object> view(Answer answer) {
        return JsonTree.of(
                "Json", answer.json(), "Text", answer.text(), "Error", answer.error(), "Status", answer.status());
    }

    private static void error(TransferLines lines, String message, Optional<Integer> code) {
        Map<String, @Nullable Object> detail = JsonTree.of("message", message);
        code.ifPresent(number -> detail.put("code", number));
        lines.send(JsonTree.of("errorDetail", detail, "error", message));
    }

    /**
     * What a build tells, as lines; of a quiet one what was built alone, or all of it when it fails. Interleaved, stages tell of
     * themselves side by side, each line with its stage's number: no client of Docker's asks for that, nor for all that was
     * built.
     */
    private static final class Lines implements BuildListener {
        private static final int MOST_CHARS = 1 << 20;

        private final TransferLines lines;
        private final boolean quiet;
        private final boolean interleaved;
        private final boolean whole;
        private final StringBuilder kept = new StringBuilder();
        private Optional<Digest> image = Optional.empty();

        Lines(TransferLines lines, boolean quiet, boolean interleaved, boolean whole) {
            this.lines = lines;
            this.quiet = quiet;
            this.interleaved = interleaved && !quiet;
            this.whole = whole;
        }

        @Override
        public void text(String text) {
            if (!quiet) {
                lines.text(text);
            } else {
                kept.append(text);
                if (kept.length() > 2 * MOST_CHARS) {
                    kept.delete(0, kept.length() - MOST_CHARS);
                }
            }
        }

        @Override
        public boolean sideBySide() {
            return interleaved;
        }

        @Override
        public void text(int stage, String text) {
            if (interleaved) {
                lines.send(JsonTree.of("stream", text, "stage", (long) stage));
            } else {
                text(text);
            }
        }

        @Override
        public void failed(int stage) {
            if (interleaved) {
                lines.send(JsonTree.of("stage", (long) stage, "failed", true));
            }
        }

        @Override
        public void result(BuildResult result) {
            if (whole) {
                lines.send(JsonTree.of("aux", JsonTree.of("Result", BuildResultView.of(result))));
            }
        }

        @Override
        public void built(Digest id) {
            image = Optional.of(id);
            if (!quiet) {
                lines.send(JsonTree.of("aux", JsonTree.of("ID", id.toString())));
            }
        }

        @Override
        public TransferListener transfers() {
            return quiet ? _ -> {} : lines;
        }

        void end() {
            if (quiet) {
                image.ifPresent(id -> lines.text(id + "\n"));
            }
        }

        void fail() {
            if (!kept.isEmpty()) {
                lines.text(kept.toString());
            }
        }
    }

    private void prune(Call call) throws IOException {
        PrunedCache pruned = builder()
                .prune(
                        CacheFilter.of(call.filters()),
                        call.flag("all"),
                        new CacheBounds(
                                call.query("reserved-space").isPresent()
                                        ? bytes(call, "reserved-space")
                                        : bytes(call, "keep-storage"),
                                bytes(call, "max-used-space"),
                                bytes(call, "min-free-space")));
        call.answer(JsonTree.of(
                "CachesDeleted",
                pruned.deleted().stream().map(CacheEntry::id).toList(),
                "SpaceReclaimed",
                pruned.bytes()));
    }

    private static long bytes(Call call, String name) {
        String text = call.query(name).orElse("0");
        try {
            return Math.max(Long.parseLong(text), 0);
        } catch (NumberFormatException e) {
            throw EngineException.invalid(name + " is in bytes and expects an integer, got " + text);
        }
    }

    private void cancel(Call call) throws IOException {
        builder().cancel(call.query("id").orElseThrow(() -> EngineException.invalid("build ID not provided")));
        call.done();
    }

    /** For {@code fsck}, which is not to find what is about to go: {@link Builder#removeUnkept}. */
    void removeUnkept() throws IOException {
        if (Files.exists(directory)) {
            builder().removeUnkept();
        }
    }

    /** For {@code /system/df}. */
    List<Object> usage() throws IOException {
        List<Object> views = new ArrayList<>();
        if (Files.exists(directory)) {
            for (CacheEntry entry : builder().list()) {
                views.add(JsonTree.of(
                        "ID",
                        entry.id(),
                        "Type",
                        entry.type().word(),
                        "Description",
                        entry.description(),
                        "InUse",
                        entry.inUse(),
                        "Shared",
                        entry.shared(),
                        "Size",
                        entry.bytes(),
                        "CreatedAt",
                        entry.created().toString(),
                        "LastUsedAt",
                        entry.lastUsed().toString(),
                        "UsageCount",
                        entry.uses()));
            }
        }
        return views;
    }
}
