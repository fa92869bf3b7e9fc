package dev.berth.api.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Builds of which the client itself says what is built, over the gateway of the Control service. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayTest extends WithPeer {
    private static final String GATEWAY = "moby.buildkit.v1.frontend.LLBBridge/";

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

    private byte[] gatewayCall(GrpcClient client, String method, byte[] request) throws IOException {
        try (GrpcCall call = client.call(GATEWAY + method, Map.of("buildkit-controlapi-buildid", List.of(ref)))) {
            call.sendLast(request);
            return call.receiveOne();
        }
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
}
