package dev.berth.api.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcException;
import dev.berth.api.grpc.GrpcServer;
import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a build is of, which its client has: a context, more contexts, an archive, the layout of an image. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionContextTest extends WithPeer {
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
        return tar("in", "one");
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

    private static String descriptor(String type, byte[] blob) {
        return "{\"mediaType\":\"application/vnd.oci.image." + type + "\",\"digest\":\"" + Digest.sha256(blob)
                + "\",\"size\":" + blob.length + "}";
    }
}
