package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.build.attest.AttestationOptions;
import dev.berth.build.cache.CacheRecord;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.cache.transfer.CacheSource;
import dev.berth.build.cache.transfer.CacheTarget;
import dev.berth.build.inquiry.Answer;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.build.output.BuildResult;
import dev.berth.build.output.ResultOptions;
import dev.berth.build.run.BuildRunner;
import dev.berth.engine.Engine;
import dev.berth.engine.EngineOptions;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.container.ListQuery;
import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.ImportOptions;
import dev.berth.image.check.Finding;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.TransferListener;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.level.os.OsLevelProvider;
import dev.berth.testing.BusyboxTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An engine with a base image {@code box} and a builder, and requests as short as a test wants them. */
final class Workshop implements AutoCloseable {
    private final Path directory;
    private Engine engine;
    private Builder builder;

    Workshop(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        this.engine = openEngine();
        this.builder = Builder.open(engine, directory.resolve("data/build"));
        Path tree = BusyboxTree.make(directory.resolve("tree"));
        Path tar = directory.resolve("tree.tar");
        // Owned and dated alike wherever it is made: images of it are compared.
        Process packing = new ProcessBuilder(
                        "tar",
                        "-C",
                        tree.toString(),
                        "--sort=name",
                        "--mtime=@0",
                        "--owner=0",
                        "--group=0",
                        "-cf",
                        tar.toString(),
                        ".")
                .inheritIO()
                .start();
        if (packing.waitFor() != 0) {
            throw new IOException("the busybox tree could not be packed");
        }
        try (InputStream in = Files.newInputStream(tar)) {
            engine.images()
                    .importTree(in, Optional.of("box"), new ImportOptions(ContainerConfig.EMPTY, Platform.host(), ""));
        }
    }

    private Engine openEngine() {
        return Engine.open(new EngineOptions(
                directory.resolve("data"),
                directory.resolve("exec"),
                List.of(),
                ImageOptions.DEFAULT,
                List.of(new OsLevelProvider()),
                "os",
                false,
                new LogConfig("", Map.of()),
                System.getLogger("dev.berth.test")));
    }

    Engine engine() {
        return engine;
    }

    Builder builder() {
        return builder;
    }

    Path directory() {
        return directory;
    }

    /** Closes the engine, and opens another over its data root. */
    void restart() throws IOException {
        engine.close();
        engine = openEngine();
        builder = Builder.open(engine, directory.resolve("data/build"));
    }

    /** What a build came to, and what it printed. */
    record Built(Image image, BuildResult result, String output) {
        long cachedSteps() {
            return output.lines().filter(" ---> Using cache"::equals).count();
        }
    }

    /** A build to be: a Dockerfile, the files beside it, and what is asked for. */
    final class Order {
        private final Map<String, byte[]> files = new LinkedHashMap<>();
        private final Map<String, Optional<String>> arguments = new LinkedHashMap<>();
        private final Map<String, byte[]> secrets = new LinkedHashMap<>();
        private final Map<String, Path> agents = new LinkedHashMap<>();
        private final StringBuilder output = new StringBuilder();
        private List<String> names = List.of();
        private Optional<String> target = Optional.empty();
        private Optional<String> remote = Optional.empty();
        private Optional<Instant> date = Optional.empty();
        private Instant modified = Instant.ofEpochSecond(1_700_000_000);
        private boolean useCache = true;
        private Set<String> stagesAfresh = Set.of();
        private final Map<String, NamedContext> contexts = new LinkedHashMap<>();
        private ResultOptions options = ResultOptions.DEFAULT;
        private Function<String, Credentials> credentials = _ -> Credentials.ANONYMOUS;
        private final List<CacheSource> from = new ArrayList<>();
        private final List<CacheTarget> to = new ArrayList<>();

        Order file(String path, String content) {
            return file(path, content.getBytes(StandardCharsets.UTF_8));
        }

        Order file(String path, byte[] content) {
            files.put(path, content);
            return this;
        }

        Order argument(String name, String value) {
            arguments.put(name, Optional.of(value));
            return this;
        }

        Order secret(String id, String value) {
            secrets.put(id, value.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        Order agent(String id, Path socket) {
            agents.put(id, socket);
            return this;
        }

        Order remote(String address) {
            remote = Optional.of(address);
            return this;
        }

        Order target(String stage) {
            target = Optional.of(stage);
            return this;
        }

        Order dated(Instant time) {
            date = Optional.of(time);
            return this;
        }

        Order modified(Instant time) {
            modified = time;
            return this;
        }

        Order named(String... names) {
            this.names = List.of(names);
            return this;
        }

        Order on(Platform... platforms) {
            return result(new ResultOptions(true, List.of(platforms), AttestationOptions.NONE));
        }

        Order result(ResultOptions wanted) {
            options = wanted;
            return this;
        }

        Order stagesAfresh(String... stages) {
            stagesAfresh = Set.of(stages);
            return this;
        }

        Order context(String name, NamedContext context) {
            contexts.put(name, context);
            return this;
        }

        Order afresh() {
            useCache = false;
            return this;
        }

        Order from(CacheSource source) {
            from.add(source);
            return this;
        }

        Order to(CacheTarget target) {
            to.add(target);
            return this;
        }

        Order credentials(Function<String, Credentials> shown) {
            credentials = shown;
            return this;
        }

        /** What it has printed so far. */
        String output() {
            synchronized (output) {
                return output.toString();
            }
        }

        Built build() throws IOException, InterruptedException {
            return build("", context());
        }

        /** What is asked about it; nothing is built. */
        Answer answer(Inquiry inquiry) throws IOException, InterruptedException {
            BuildRequest request = request();
            ContextSource source = BuildRunner.context(request, new ByteArrayInputStream(context()));
            return builder.answer(inquiry, request, source, new Listener());
        }

        Built build(String id, byte[] context) throws IOException, InterruptedException {
            Listener listener = new Listener();
            Image image = builder.build(id, request(), new ByteArrayInputStream(context), listener);
            return new Built(image, listener.result.join(), output());
        }

        private BuildRequest request() {
            return new BuildRequest(
                    "Dockerfile",
                    remote,
                    contexts,
                    names,
                    target,
                    arguments,
                    Map.of(),
                    Optional.empty(),
                    useCache,
                    stagesAfresh,
                    false,
                    Map.of("NetworkMode", "none"),
                    SecretSource.of(secrets),
                    SshAgents.of(agents),
                    date,
                    credentials,
                    new CacheOptions(from, to),
                    options);
        }

        private final class Listener implements BuildListener {
            private final CompletableFuture<BuildResult> result = new CompletableFuture<>();

            @Override
            public void text(String text) {
                synchronized (output) {
                    output.append(text);
                }
            }

            @Override
            public void result(BuildResult all) {
                result.complete(all);
            }

            @Override
            public void built(Digest built) {}

            @Override
            public TransferListener transfers() {
                return _ -> {};
            }
        }

        byte[] context() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (TarWriter tar = new TarWriter(bytes)) {
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    byte[] content = file.getValue();
                    tar.begin(TarEntry.file(file.getKey(), 0644, 0, 0, modified, content.length, Map.of()));
                    tar.write(content, 0, content.length);
                }
            }
            return bytes.toByteArray();
        }
    }

    Order order(String dockerfile) {
        return new Order().file("Dockerfile", dockerfile);
    }

    /** Whatever builds came to, nothing of them is left, and what is stored is whole; closes it in any case. */
    void closeClean() throws IOException {
        try {
            assertThat(engine.containers().list(ListQuery.ALL)).isEmpty();
            try (Stream<Path> left = Files.list(engine.scratch())) {
                assertThat(left).isEmpty();
            }
            builder.removeUnkept();
            Set<Digest> kept =
                    builder.cache().list().stream().map(CacheRecord::image).collect(Collectors.toSet());
            assertThat(engine.images().store().steps())
                    .extracting(Image::id)
                    .as("what no record leads to")
                    .isSubsetOf(kept);
            List<Finding> findings = new ArrayList<>();
            engine.check(false, findings::add);
            assertThat(findings).isEmpty();
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
