package dev.berth.api.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcException;
import dev.berth.api.grpc.GrpcServer;
import dev.berth.api.http.HttpServer;
import dev.berth.api.http.Limits;
import dev.berth.api.route.Api;
import dev.berth.engine.Engine;
import dev.berth.engine.EngineOptions;
import dev.berth.engine.config.LogConfig;
import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.RemoteImage;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.level.os.OsLevelProvider;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds over the Control service and its gateway, with a client that means well and with one that does not. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlTest {
    private static final String SOLVE = "moby.buildkit.v1.Control/Solve";
    private static final String GATEWAY = "moby.buildkit.v1.frontend.LLBBridge/";
    private static final String FILES = "moby.filesync.v1.FileSync/DiffCopy";
    private static final String OUTPUT = "moby.filesync.v1.FileSend/DiffCopy";
    private static final Map<String, String> CONTEXT = Map.of(
            "Dockerfile", "FROM scratch AS one\nCOPY a /b\nFROM one\nWORKDIR /w\n",
            "a", "what is in it");

    @TempDir
    Path dir;

    private Engine engine;
    private HttpServer server;
    private Peer peer;
    private String session = UUID.randomUUID().toString();
    private String ref = UUID.randomUUID().toString();

    @BeforeEach
    void open() throws IOException {
        System.Logger log = System.getLogger("dev.berth.test");
        engine = Engine.open(new EngineOptions(
                dir.resolve("data"),
                dir.resolve("exec"),
                List.of(),
                ImageOptions.DEFAULT,
                List.of(new OsLevelProvider()),
                "os",
                false,
                new LogConfig("", Map.of()),
                log));
        server = new HttpServer(new Api(engine, "0", log), Limits.DEFAULT, Api.headers("0"));
        server.listen(dir.resolve("s"));
        peer = new Peer(dir.resolve("s"));
    }

    @AfterEach
    void close() {
        peer.close();
        server.close();
        engine.close();
    }

    /** A request for a build from a Dockerfile, and what else is to be in it. */
    private byte[] request(Consumer<MessageWriter> more) {
        MessageWriter request = new MessageWriter()
                .text(1, ref)
                .text(5, session)
                .text(6, "dockerfile.v0")
                .message(13, new MessageWriter().text(1, "moby").map(2, Map.of("name", "made")));
        more.accept(request);
        return request.toBytes();
    }

    private static Map<String, String> result(byte[] response) throws IOException {
        Map<String, String> result = new LinkedHashMap<>();
        MessageReader in = new MessageReader("a response", response);
        while (in.next() == 1) {
            in.entry(result);
        }
        return result;
    }

    /** The names of what was done, to the end of the build; those from the cache with a mark. */
    private List<String> watch(GrpcClient control) throws IOException {
        List<String> done = new ArrayList<>();
        try (GrpcCall call = control.call("moby.buildkit.v1.Control/Status", Map.of())) {
            call.sendLast(new MessageWriter().text(1, ref).toBytes());
            for (Optional<byte[]> status = call.receive(); status.isPresent(); status = call.receive()) {
                MessageReader in = new MessageReader("a status", status.get());
                while (in.next() == 1) {
                    vertex(in.message()).ifPresent(done::add);
                }
            }
        }
        return done;
    }

    private static Optional<String> vertex(MessageReader in) throws IOException {
        String name = "";
        boolean cached = false;
        boolean completed = false;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 3 -> name = in.text();
                case 4 -> cached = in.flag();
                case 6 -> completed = true;
                default -> {}
            }
        }
        return completed ? Optional.of(cached ? name + " CACHED" : name) : Optional.empty();
    }

    @Test
    void aBuildComesToANamedImageAndEachOfItsStepsIsTold() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        GrpcClient control = peer.control();
        List<String> steps = new ArrayList<>();
        Thread watching = Thread.ofVirtual().start(() -> {
            try {
                steps.addAll(watch(control));
            } catch (IOException e) {
                steps.add(String.valueOf(e));
            }
        });
        Map<String, String> result = result(control.call(SOLVE, request(_ -> {})));
        watching.join();
        assertThat(result)
                .containsEntry("image.name", "docker.io/library/made:latest")
                .containsEntry(
                        "containerimage.digest",
                        engine.images().store().find("made").id().toString());
        assertThat(steps)
                .containsExactly(
                        "[internal] load build definition from Dockerfile",
                        "[internal] load .dockerignore",
                        "[internal] load build context",
                        "[one 1/1] COPY a /b",
                        "[stage-1 1/1] WORKDIR /w",
                        "exporting to image");
    }

    @Test
    void aFileThatHasNotChangedSinceItsClientsLastBuildIsNotAskedForAgain() throws Exception {
        assertThat(askedFor("mine", "what is in it", "other")).containsExactlyInAnyOrder("a", "b");
        assertThat(askedFor("mine", "what is in it", "longer")).containsExactly("b");
        assertThat(askedFor("mine", "what is in it", "longer")).isEmpty();
        assertThat(askedFor("another's", "what is in it", "longer")).containsExactlyInAnyOrder("a", "b");
        assertThat(askedFor("", "what is in it", "longer")).containsExactlyInAnyOrder("a", "b");
        assertThat(askedFor("", "what is in it", "longer")).containsExactlyInAnyOrder("a", "b");
    }

    /** Builds with a client that knows its directories by a key; gives what of the context it was asked for. */
    private List<String> askedFor(String key, String a, String b) throws Exception {
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        Map<String, String> dockerfile = Map.of("Dockerfile", "FROM scratch\nCOPY a b /d/\n");
        session = UUID.randomUUID().toString();
        ref = UUID.randomUUID().toString();
        Channel channel = peer.session(session, key, Map.of(FILES, call -> {
            if (call.metadata("dir-name").orElse("").equals("dockerfile")) {
                Peer.send(call, dockerfile);
            } else {
                boolean ignoreFile = call.metadata("include-patterns").isPresent();
                Peer.send(call, ignoreFile ? Map.of() : Map.of("a", a, "b", b), asked::add);
            }
        }));
        try {
            peer.control().call(SOLVE, request(_ -> {}));
            Image built = engine.images().store().find("made");
            ByteArrayOutputStream archive = new ByteArrayOutputStream();
            engine.images().store().save(List.of("made"), archive);
            assertThat(built.config().diffIds()).hasSize(1);
            assertThat(archive.toString(StandardCharsets.ISO_8859_1)).contains(a, b);
            return asked;
        } finally {
            channel.close().sync();
        }
    }

    /** As buildx sends {@code --build-context base=oci-layout://…}: it serves the layout's blobs by containerd's content service. */
    @Test
    void anImageOfALayoutThatTheClientHasIsABase() throws Exception {
        byte[] layer = layer();
        byte[] config = ("{\"architecture\":\"" + Platform.host().architecture()
                        + "\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=b\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + Digest.sha256(layer) + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":" + descriptor("config.v1+json", config) + ",\"layers\":["
                        + descriptor("layer.v1.tar", layer) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> blobs = new HashMap<>();
        for (byte[] blob : List.of(layer, config, manifest)) {
            blobs.put(Digest.sha256(blob).toString(), blob);
        }
        Map<String, GrpcServer.Method> methods = new HashMap<>(
                Peer.serving(Map.of("Dockerfile", "FROM base\nCOPY --from=base /in /copied\n"), Map.of()));
        methods.put("containerd.services.content.v1.Content/Read", call -> sendBlob(call, blobs));
        peer.session(session, methods);
        GrpcClient control = peer.control();
        String value = "oci-layout://mine:v1@" + Digest.sha256(manifest);
        control.call(SOLVE, request(request -> request.map(7, Map.of("context:base", value))));
        Image built = engine.images().store().find("made");
        assertThat(built.config().diffIds()).hasSize(2).startsWith(Digest.sha256(layer));
        assertThat(built.config().config().env()).contains("A=b");
        assertThat(engine.images().store().list()).hasSize(1);

        blobs.remove(Digest.sha256(manifest).toString());
        ref = UUID.randomUUID().toString();
        assertThat(failure(control, SOLVE, request(request -> request.map(7, Map.of("context:base", value))))
                        .getMessage())
                .contains("the OCI layout of the build context base: the client does not send the blob "
                        + Digest.sha256(manifest) + ": there is no such blob");
        ref = UUID.randomUUID().toString();
        assertThat(failure(
                                control,
                                SOLVE,
                                request(request -> request.map(7, Map.of("context:base", "oci-layout://mine"))))
                        .getMessage())
                .contains("the build context base is no layout with a name and a digest: oci-layout://mine");
    }

    private static void sendBlob(GrpcCall call, Map<String, byte[]> blobs) throws IOException {
        MessageReader in = new MessageReader("a request", call.receiveOne());
        in.next();
        byte[] blob = blobs.get(in.text());
        if (blob == null
                || !call.metadata("buildkit-attachable-store-id").orElse("").equals("oci:mine")) {
            throw new GrpcException(GrpcException.Code.NOT_FOUND, "there is no such blob");
        }
        int half = blob.length / 2;
        call.send(new MessageWriter().bytes(2, Arrays.copyOf(blob, half)).toBytes());
        call.send(new MessageWriter()
                .number(1, half)
                .bytes(2, Arrays.copyOfRange(blob, half, blob.length))
                .toBytes());
    }

    private static byte[] layer() throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(tar)) {
            writer.begin(TarEntry.file("in", 0644, 0, 0, Instant.EPOCH, 3, Map.of()));
            writer.write("one".getBytes(StandardCharsets.UTF_8), 0, 3);
        }
        return tar.toByteArray();
    }

    private static String descriptor(String type, byte[] blob) {
        return "{\"mediaType\":\"application/vnd.oci.image." + type + "\",\"digest\":\"" + Digest.sha256(blob)
                + "\",\"size\":" + blob.length + "}";
    }

    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void cachesAreWrittenToRegistriesAndImagesAndReadAgain() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        GrpcClient control = peer.control();
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String cache = registry.domain() + "/cache:main";
            assertThat(build(
                            control,
                            request -> request.message(
                                    8,
                                    new MessageWriter()
                                            .message(4, entry("registry", Map.of("ref", cache, "mode", "max")))
                                            .message(4, entry("inline", Map.of())))))
                    .contains("Exporting the build cache to " + cache)
                    .noneMatch(step -> step.endsWith("CACHED"));
            Image first = engine.images().store().find("made");
            assertThat(new String(first.config().raw().bytes(), StandardCharsets.UTF_8))
                    .contains("dev.berth.buildcache.v1");

            try (GrpcCall prune = control.call("moby.buildkit.v1.Control/Prune", Map.of())) {
                prune.sendLast(new MessageWriter().flag(2, true).toBytes());
                while (prune.receive().isPresent()) {
                    // what was removed
                }
            }
            ref = UUID.randomUUID().toString();
            String none = registry.domain() + "/none:main";
            List<String> steps = build(
                    control,
                    request -> request.map(7, Map.of("cache-imports", "[what the request says as well]"))
                            .message(
                                    8,
                                    new MessageWriter()
                                            .message(5, entry("registry", Map.of("ref", cache)))
                                            .message(5, entry("registry", Map.of("ref", none)))
                                            .message(4, entry("inline", Map.of()))));
            assertThat(steps)
                    .contains("[one 1/1] COPY a /b CACHED", "[stage-1 1/1] WORKDIR /w CACHED")
                    .anyMatch(step -> step.startsWith("WARNING: the build cache of " + none + " is not used: "));
            assertThat(engine.images().store().find("made").id()).isEqualTo(first.id());
        }
    }

    /** As buildx asks for {@code --push}, {@code --sbom} and {@code --provenance=mode=max}. */
    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void anImageForSeveralPlatformsIsPushedWithWhatIsAttestedOfIt() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        GrpcClient control = peer.control();
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String name = registry.domain() + "/shop/app:1";
            MessageWriter request = new MessageWriter()
                    .text(1, ref)
                    .text(5, session)
                    .text(6, "dockerfile.v0")
                    .map(
                            7,
                            Map.of(
                                    "platform",
                                    "linux/amd64,linux/arm64",
                                    "attest:sbom",
                                    "",
                                    "attest:provenance",
                                    "mode=max"))
                    .message(
                            13,
                            new MessageWriter()
                                    .text(1, "moby")
                                    .map(2, Map.of("name", name, "push", "true", "prefer-image-digest", "true")));
            Map<String, String> result = result(control.call(SOLVE, request.toBytes()));
            RemoteImage pushed = engine.images().store().inspectRemote(name, Credentials.ANONYMOUS);
            assertThat(result)
                    .containsEntry(
                            "containerimage.digest",
                            pushed.descriptor().digest().toString())
                    .containsEntry("image.name", name);
            assertThat(pushed.platforms())
                    .extracting(Platform::toString)
                    .containsExactlyInAnyOrder("linux/amd64", "linux/arm64", "unknown/unknown", "unknown/unknown");
        }
    }

    /** What buildx adds by itself, for what can have it in itself alone. */
    @Test
    void theProvenanceThatNobodyHasAskedForIsLeftOut() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        build(peer.control(), request -> request.map(7, Map.of("attest:provenance", "mode=min,inline-only=true")));
        Image made = engine.images().store().find("made");
        assertThat(engine.images().store().manifests(made)).hasSize(1);
    }

    private static MessageWriter entry(String type, Map<String, String> attributes) {
        return new MessageWriter().text(1, type).map(2, attributes);
    }

    /** Builds; gives what was told of it. */
    private List<String> build(GrpcClient control, Consumer<MessageWriter> more) throws Exception {
        CompletableFuture<List<String>> steps = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                steps.complete(watch(control));
            } catch (IOException e) {
                steps.completeExceptionally(e);
            }
        });
        control.call(SOLVE, request(more));
        return steps.get();
    }

    @Test
    void overTheGatewayTheClientSaysWhatIsBuiltAndThatAllIsWell() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        GrpcClient control = peer.control();
        GrpcClient gateway = control;
        Thread steering = Thread.ofVirtual().start(() -> {
            try {
                gatewayCall(gateway, "Ping", new byte[0]);
                gatewayCall(
                        gateway,
                        "Solve",
                        new MessageWriter()
                                .text(2, "dockerfile.v0")
                                .map(
                                        3,
                                        Map.of(
                                                "target",
                                                "one",
                                                "label:a",
                                                "b",
                                                "frontend.caps",
                                                "moby.buildkit.frontend.contexts"))
                                .toBytes());
                gatewayCall(
                        gateway,
                        "Return",
                        new MessageWriter().message(1, new MessageWriter()).toBytes());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        byte[] plain = new MessageWriter()
                .text(1, ref)
                .text(3, "moby")
                .map(4, Map.of("name", "made:1,made:2"))
                .text(5, session)
                .toBytes();
        Thread watching = Thread.ofVirtual().start(() -> {
            try {
                watch(control);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        Map<String, String> result = result(control.call(SOLVE, plain));
        steering.join();
        watching.join();
        assertThat(result).containsEntry("image.name", "docker.io/library/made:1,docker.io/library/made:2");
        assertThat(engine.images().store().find("made:2").config().config().labels())
                .containsEntry("a", "b");
    }

    private byte[] gatewayCall(GrpcClient client, String method, byte[] request) throws IOException {
        try (GrpcCall call = client.call(GATEWAY + method, Map.of("buildkit-controlapi-buildid", List.of(ref)))) {
            call.sendLast(request);
            return call.receiveOne();
        }
    }

    @Test
    void overTheGatewayADockerfileIsCheckedWithoutABuild() throws Exception {
        peer.session(session, Peer.serving(Map.of("Dockerfile", "FROM scratch AS One\nCOPY none /\n"), Map.of()));
        GrpcClient control = peer.control();
        CompletableFuture<Map<String, String>> said = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                byte[] solved = gatewayCall(
                        control,
                        "Solve",
                        new MessageWriter()
                                .text(2, "dockerfile.v0")
                                .map(
                                        3,
                                        Map.of(
                                                "requestid",
                                                "frontend.lint",
                                                "frontend.caps",
                                                "moby.buildkit.frontend.subrequests+forward"))
                                .toBytes());
                gatewayCall(
                        control,
                        "Return",
                        new MessageWriter().message(1, new MessageWriter()).toBytes());
                said.complete(metadata(solved));
            } catch (IOException e) {
                said.completeExceptionally(e);
            }
        });
        control.call(SOLVE, new MessageWriter().text(1, ref).text(5, session).toBytes());
        assertThat(said.get())
                .containsEntry("result.statuscode", "1")
                .containsEntry("version", "1.0.0")
                .hasEntrySatisfying("result.txt", text -> assertThat(text).contains("WARNING: StageNameCasing"))
                .hasEntrySatisfying("result.json", json -> assertThat(json).contains("\"filename\": \"Dockerfile\""));
        assertThat(engine.images().store().list()).isEmpty();
    }

    /** Of the result within the answer to a Solve. */
    private static Map<String, String> metadata(byte[] solved) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        MessageReader answer = new MessageReader("an answer", solved);
        for (int field = answer.next(); field != 0; field = answer.next()) {
            if (field == 3) {
                MessageReader result = answer.message();
                for (int member = result.next(); member != 0; member = result.next()) {
                    assertThat(member).isEqualTo(10);
                    result.entry(metadata);
                }
            }
        }
        return metadata;
    }

    @Test
    void whatIsDoubtfulInABuildIsToldWhereItWasRead() throws Exception {
        String dockerfile = "FROM scratch AS One\nCOPY Dockerfile /b\n";
        peer.session(session, Peer.serving(Map.of("Dockerfile", dockerfile), Map.of()));
        GrpcClient control = peer.control();
        CompletableFuture<List<String>> warnings = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                warnings.complete(warnings(control));
            } catch (IOException e) {
                warnings.completeExceptionally(e);
            }
        });
        control.call(SOLVE, request(_ -> {}));
        assertThat(warnings.get())
                .containsExactly("[internal] load build definition from Dockerfile: "
                        + "StageNameCasing: Stage name 'One' should be lowercase (line 1)");
    }

    /** What a build warns of, each with the vertex that it is about. */
    private List<String> warnings(GrpcClient control) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        try (GrpcCall call = control.call("moby.buildkit.v1.Control/Status", Map.of())) {
            call.sendLast(new MessageWriter().text(1, ref).toBytes());
            for (Optional<byte[]> status = call.receive(); status.isPresent(); status = call.receive()) {
                MessageReader in = new MessageReader("a status", status.get());
                for (int field = in.next(); field != 0; field = in.next()) {
                    switch (field) {
                        case 1 -> {
                            List<String> vertex = texts(in.message(), 1, 3);
                            names.put(vertex.getFirst(), vertex.getLast());
                        }
                        case 4 -> {
                            List<String> warning = texts(in.message(), 1, 3);
                            warnings.add(names.get(warning.getFirst()) + ": " + warning.getLast());
                        }
                        default -> {}
                    }
                }
            }
        }
        return warnings;
    }

    /** Two of a message's fields. */
    private static List<String> texts(MessageReader in, int first, int second) throws IOException {
        String one = "";
        String other = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            one = field == first ? in.text() : one;
            other = field == second ? in.text() : other;
        }
        return List.of(one, other);
    }

    @Test
    void namedContextsAreFoldersOfTheClientsAndImages() throws Exception {
        Map<String, Map<String, String>> folders = Map.of(
                "dockerfile",
                Map.of(
                        "Dockerfile",
                        "FROM base AS one\nCOPY --from=extra x /y\nFROM gone AS two\nFROM one\n"
                                + "COPY --from=two / /z/\n"),
                "context",
                Map.of(),
                "base-folder",
                Map.of("of-base", "1", "left-out", "2", ".dockerignore", "left-out\n"),
                "extra",
                Map.of("x", "3"));
        peer.session(
                session,
                Map.of(
                        FILES,
                        call -> Peer.send(
                                call,
                                folders.getOrDefault(call.metadata("dir-name").orElseThrow(), Map.of()))));
        List<String> steps = build(
                peer.control(),
                request -> request.map(
                        7,
                        Map.of(
                                "context:base",
                                "local:base-folder",
                                "context:extra",
                                "local:extra",
                                "context:two",
                                "docker-image://scratch",
                                "sharedkey:localdir:base",
                                "x",
                                "frontend.caps",
                                "moby.buildkit.frontend.contexts+forward")));
        assertThat(steps)
                .contains(
                        "[context base] load .dockerignore",
                        "[context base] load from client",
                        "[context extra] load from client",
                        "[one 2/2] COPY --from=extra x /y");
        Image made = engine.images().store().find("made");
        assertThat(made.config().diffIds()).hasSize(3);
    }

    @Test
    void aBuildIsForSeveralPlatformsAndAStageMayBeMadeAfresh() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        GrpcClient control = peer.control();
        build(control, request -> request.map(7, Map.of("platform", "linux/amd64,linux/arm64")));
        for (String platform : List.of("linux/amd64", "linux/arm64")) {
            Optional<Platform> wanted = Optional.of(Platform.parse(platform));
            assertThat(engine.images().store().find("made", wanted).config().platform())
                    .isEqualTo(wanted.get());
        }
        ref = UUID.randomUUID().toString();
        assertThat(build(control, request -> request.map(7, Map.of("no-cache", "one"))))
                .contains("[one 1/1] COPY a /b", "[stage-1 1/1] WORKDIR /w CACHED");
    }

    @Test
    void aContextIsAnArchiveThatTheClientSendsWithADockerfileOfItsOwn() throws Exception {
        byte[] archive = tar("in-it", "x");
        peer.session(
                session,
                Map.of(
                        FILES,
                        call -> Peer.send(call, Map.of("Dockerfile", "FROM scratch\nCOPY in-it /b\n")),
                        "moby.upload.v1.Upload/Pull",
                        call -> {
                            assertThat(call.metadata("urlpath")).contains("/some-id");
                            for (int at = 0; at < archive.length; at += 1_000) {
                                byte[] part =
                                        java.util.Arrays.copyOfRange(archive, at, Math.min(archive.length, at + 1_000));
                                call.send(new MessageWriter().bytes(1, part).toBytes());
                            }
                        }));
        Map<String, String> options = Map.of(
                "context", "http://buildkit-session/some-id",
                "dockerfilekey", "dockerfile");
        assertThat(build(peer.control(), request -> request.map(7, options)))
                .contains("[internal] load build definition from Dockerfile", "[1/1] COPY in-it /b");
    }

    @Test
    void filesGoToAClientThatTakesThemAndOneThatWantsOthersIsRefused() throws Exception {
        GrpcClient control = peer.control();
        CompletableFuture<List<String>> received = new CompletableFuture<>();
        peer.session(
                session,
                Map.of(FILES, call -> Peer.send(call, CONTEXT), OUTPUT, call -> received.complete(receive(call))));
        Map<String, String> result = result(control.call(SOLVE, local(Map.of())));
        assertThat(received.get()).containsExactly("b", "w", "data of 0: what is in it");
        assertThat(result).doesNotContainKey("image.name");
        assertThat(engine.images().store().list()).isEmpty();

        session = UUID.randomUUID().toString();
        ref = UUID.randomUUID().toString();
        peer.session(session, Map.of(FILES, call -> Peer.send(call, CONTEXT), OUTPUT, call -> {
            call.send(Packet.request(99));
            call.receive();
        }));
        assertThat(failure(control, SOLVE, local(Map.of())).getMessage())
                .contains("asks for a file that there is not: 99");
        ref = UUID.randomUUID().toString();
        session = UUID.randomUUID().toString();
        CompletableFuture<String> archive = new CompletableFuture<>();
        peer.session(session, Map.of(FILES, call -> Peer.send(call, CONTEXT), OUTPUT, call -> {
            InputStream bytes = new MessageStream(call); // which ends with the call
            archive.complete(new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1));
        }));
        control.call(SOLVE, exported("oci", Map.of("name", "there:1")));
        assertThat(archive.get()).contains("index.json", "there:1");
        assertThat(engine.images().store().list()).isEmpty();

        ref = UUID.randomUUID().toString();
        session = UUID.randomUUID().toString();
        CompletableFuture<String> annotated = new CompletableFuture<>();
        peer.session(session, Map.of(FILES, call -> Peer.send(call, CONTEXT), OUTPUT, call -> {
            InputStream bytes = new MessageStream(call);
            annotated.complete(new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1));
        }));
        control.call(
                SOLVE,
                exported(
                        "oci",
                        Map.of("annotation-manifest.who", "me", "annotation-manifest-descriptor.where", "here")));
        assertThat(annotated.get())
                .contains("\"annotations\":{\"who\":\"me\"}", "\"annotations\":{\"where\":\"here\"}");
        for (Map.Entry<String, String> refused : Map.of(
                        "annotation-layer.a", "unrecognized annotation type layer",
                        "annotation-index.a",
                                "the annotations a are of an index, and an image for one platform has none")
                .entrySet()) {
            ref = UUID.randomUUID().toString();
            assertThat(failure(control, SOLVE, exported("oci", Map.of(refused.getKey(), "b")))
                            .getMessage())
                    .contains(refused.getValue());
        }
        ref = UUID.randomUUID().toString();
        assertThat(failure(control, SOLVE, exported("image", Map.of("name", "x", "annotation.a", "b")))
                        .getMessage())
                .contains("an annotation of an image that is not pushed");

        ref = UUID.randomUUID().toString();
        assertThat(failure(control, SOLVE, local(Map.of("mode", "delete"))).getMessage())
                .contains("the attribute mode=delete of the exporter local is not supported");
    }

    private byte[] local(Map<String, String> attributes) {
        return exported("local", attributes);
    }

    private byte[] exported(String type, Map<String, String> attributes) {
        return new MessageWriter()
                .text(1, ref)
                .text(5, session)
                .text(6, "dockerfile.v0")
                .message(13, new MessageWriter().text(1, type).map(2, attributes))
                .toBytes();
    }

    /** The names of the files that come, and the first one's data. */
    private static List<String> receive(GrpcCall call) throws IOException {
        List<String> told = new ArrayList<>();
        StringBuilder data = new StringBuilder("data of 0: ");
        for (Optional<byte[]> message = call.receive(); message.isPresent(); message = call.receive()) {
            switch (Packet.read(message.get())) {
                case Packet.Stat(Optional<FileStat> file)
                when file.isPresent() -> told.add(file.get().path());
                case Packet.Stat _ -> call.send(Packet.request(0));
                case Packet.Data(int file, byte[] bytes)
                when bytes.length > 0 -> data.append(new String(bytes, StandardCharsets.UTF_8));
                case Packet.Data _ -> call.send(Packet.fin());
                case Packet.Fin _ -> told.add(data.toString());
                default -> throw new IOException("an unexpected packet");
            }
        }
        return told;
    }

    private static byte[] tar(String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            byte[] data = content.getBytes(StandardCharsets.UTF_8);
            tar.begin(TarEntry.file(name, 0644, 0, 0, Instant.EPOCH, data.length, Map.of()));
            tar.write(data, 0, data.length);
        }
        return bytes.toByteArray();
    }

    @Test
    void whatIsNotSupportedIsRefusedByItsName() throws Exception {
        peer.session(session, Peer.serving(CONTEXT, Map.of()));
        GrpcClient control = peer.control();
        Map<String, Consumer<MessageWriter>> refused = new LinkedHashMap<>();
        refused.put("LLB", request -> request.message(2, new MessageWriter().bytes(1, new byte[] {1})));
        refused.put("the frontend gateway.v0", request -> request.text(6, "gateway.v0"));
        refused.put("security.insecure", request -> request.text(9, "security.insecure"));
        refused.put("several exporters", request -> request.message(13, new MessageWriter().text(1, "image")));
        refused.put("--cache-to", request -> request.message(8, new MessageWriter().message(4, new MessageWriter())));
        refused.put(
                "--cache-to) of the type \"local\"",
                request ->
                        request.message(8, new MessageWriter().message(4, entry("local", Map.of("dest", "folder")))));
        refused.put(
                "--cache-from) of the type \"gha\"",
                request -> request.message(8, new MessageWriter().message(5, entry("gha", Map.of()))));
        refused.put(
                "that the frontend alone is told of",
                request -> request.map(7, Map.of("cache-from", "localhost:1/cache")));
        refused.put("frontend inputs", request -> request.map(10, Map.of("a", "b")));
        refused.put("the subrequest frontend.x", request -> request.map(7, Map.of("requestid", "frontend.x")));
        refused.put(
                "unsupported frontend capability moby.buildkit.frontend.magic",
                request -> request.map(7, Map.of("frontend.caps", "moby.buildkit.frontend.magic")));
        refused.put("the build context x=input:y", request -> request.map(7, Map.of("context:x", "input:y")));
        refused.put(
                "the attribute generator=x of attest:sbom",
                request -> request.map(7, Map.of("attest:sbom", "generator=x")));
        refused.put(
                "the attribute mode=most of attest:provenance",
                request -> request.map(7, Map.of("attest:provenance", "mode=most")));
        refused.put("option contextkey=x", request -> request.map(7, Map.of("contextkey", "x")));
        refused.forEach((name, more) -> {
            GrpcException refusal = failure(control, SOLVE, request(more));
            assertThat(refusal.getMessage()).contains(name);
            assertThat(refusal.code()).isEqualTo(GrpcException.Code.UNIMPLEMENTED);
            ref = UUID.randomUUID().toString();
        });
        assertThat(failure(control, "moby.buildkit.v1.Control/Session", new byte[0])
                        .code())
                .isEqualTo(GrpcException.Code.UNIMPLEMENTED);
        assertThat(engine.images().store().list()).isEmpty();
    }

    private static GrpcException failure(GrpcClient client, String path, byte[] request) {
        try {
            client.call(path, request);
            throw new AssertionError(path + " was answered");
        } catch (GrpcException e) {
            return e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsNoMessageIsRefusedAndTheConnectionGoesOn() throws Exception {
        GrpcClient control = peer.control();
        assertThat(failure(control, SOLVE, new byte[] {(byte) 0xff, (byte) 0xff, 1})
                        .code())
                .isEqualTo(GrpcException.Code.INVALID_ARGUMENT);
        assertThat(failure(control, SOLVE, new byte[] {10, 127}).code()).isEqualTo(GrpcException.Code.INVALID_ARGUMENT);
        assertThat(failure(control, SOLVE, new byte[] {8, 1}).code()).isEqualTo(GrpcException.Code.INVALID_ARGUMENT);
        assertThat(control.call("moby.buildkit.v1.Control/Info", new byte[0])).isNotEmpty();
    }

    @Test
    void filesThatAreNoneAreRefusedAndNothingIsLeft() throws Exception {
        record Hostile(String expected, GrpcServer.Method files) {}
        List<Hostile> clients = List.of(
                new Hostile("leads out of it: ../out", call -> call.send(Peer.stat("../out", 0644, 1))),
                new Hostile("leads out of it: a/../../out", call -> call.send(Peer.stat("a/../../out", 0644, 1))),
                new Hostile("below what is no directory", call -> {
                    call.send(Peer.stat("f", 0644, 0));
                    call.send(Peer.stat("f/g", 0644, 0));
                }),
                new Hostile(
                        "hard link to what is not in it",
                        call -> call.send(new MessageWriter()
                                .message(
                                        2,
                                        new MessageWriter()
                                                .text(1, "h")
                                                .number(2, 0644)
                                                .text(7, "/etc/passwd"))
                                .toBytes())),
                new Hostile("is larger than", call -> call.send(Peer.stat("a", 0644, Long.MAX_VALUE))),
                new Hostile("is larger than", call -> call.send(Peer.stat("a", 0644, -1))),
                new Hostile("a path that no file can have", call -> call.send(Peer.stat("a\0b", 0644, 1))),
                new Hostile("no well-formed message", call -> call.send(new byte[] {(byte) 0xff})),
                new Hostile("of a type that there is not: 9", call -> call.send(new byte[] {8, 9})),
                new Hostile("something else than files", call -> call.send(Peer.data(0, "x"))),
                new Hostile("a file that it was not asked for: 7", call -> {
                    call.send(Peer.stat("Dockerfile", 0644, 1));
                    call.send(new byte[0]);
                    call.send(Peer.data(7, "x"));
                }),
                new Hostile("has changed while it was sent", call -> {
                    call.send(Peer.stat("Dockerfile", 0644, 1));
                    call.send(new byte[0]);
                    call.send(Peer.data(0, "more than that"));
                }),
                new Hostile("has changed while it was sent", call -> {
                    call.send(Peer.stat("Dockerfile", 0644, 9));
                    call.send(new byte[0]);
                    call.send(Peer.data(0, "less"));
                    call.send(Peer.data(0, ""));
                }),
                new Hostile(
                        "could not send its files: no such folder",
                        call -> call.send(new MessageWriter()
                                .number(1, 4)
                                .text(4, "no such folder")
                                .toBytes())),
                new Hostile("a message of", call -> call.send(new byte[17 << 20])),
                new Hostile("no access", _ -> {
                    throw new GrpcException(GrpcException.Code.NOT_FOUND, "no access");
                }),
                new Hostile("too early", _ -> {}));
        GrpcClient control = peer.control();
        for (Hostile client : clients) {
            Channel connection = peer.session(session, Map.of(FILES, call -> {
                client.files().serve(call);
                if (!client.expected().equals("too early")) {
                    call.receive();
                }
            }));
            assertThat(failure(control, SOLVE, request(_ -> {})).getMessage())
                    .as(client.expected())
                    .contains(client.expected());
            connection.close().sync();
            session = UUID.randomUUID().toString();
            ref = UUID.randomUUID().toString();
        }
        assertThat(engine.images().store().list()).isEmpty();
    }

    @Test
    void aClientThatLeavesEndsItsBuild() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        peer.session(session, Map.of(FILES, call -> {
            asked.countDown();
            call.receive(); // it never tells of any file
        }));
        GrpcClient control = peer.control();
        GrpcCall solve = control.call(SOLVE, Map.of());
        solve.sendLast(request(_ -> {}));
        asked.await();
        control.close();
        GrpcClient other = peer.control();
        while (!isForgotten(other)) {
            Thread.sleep(20);
        }
    }

    /** A second build of the same name is refused as long as the first is there. */
    private boolean isForgotten(GrpcClient client) {
        return failure(
                                client,
                                SOLVE,
                                new MessageWriter().text(1, ref).text(6, "x").toBytes())
                        .code()
                == GrpcException.Code.UNIMPLEMENTED;
    }
}
