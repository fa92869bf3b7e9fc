package dev.berth.api.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.image.Image;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.RemoteImage;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes out of a build: files and archives to its client, images and caches to registries. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutputsTest extends WithPeer {
    private static final String OUTPUT = "moby.filesync.v1.FileSend/DiffCopy";

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
}
