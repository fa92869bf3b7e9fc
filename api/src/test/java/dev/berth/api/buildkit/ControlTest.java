package dev.berth.api.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcException;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Builds over the Control service: what is told of them, what they may be asked for, and their end. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlTest extends WithPeer {
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
