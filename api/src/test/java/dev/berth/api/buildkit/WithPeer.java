package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcException;
import dev.berth.api.route.ServedEngine;
import dev.berth.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of builds over the Control service: each has an engine of its own, and a client such as buildx. */
abstract class WithPeer {
    static final String SOLVE = "moby.buildkit.v1.Control/Solve";
    static final String FILES = "moby.filesync.v1.FileSync/DiffCopy";
    static final Map<String, String> CONTEXT = Map.of(
            "Dockerfile", "FROM scratch AS one\nCOPY a /b\nFROM one\nWORKDIR /w\n",
            "a", "what is in it");

    @TempDir
    Path dir;

    Engine engine;
    private ServedEngine served;
    Peer peer;
    String session = UUID.randomUUID().toString();
    String ref = UUID.randomUUID().toString();

    @BeforeEach
    final void open() throws IOException {
        served = ServedEngine.open(dir);
        engine = served.engine();
        peer = new Peer(served.socket());
    }

    @AfterEach
    final void close() {
        peer.close();
        served.close();
    }

    /** A request for a build from a Dockerfile, and what else is to be in it. */
    final byte[] request(Consumer<MessageWriter> more) {
        MessageWriter request = new MessageWriter()
                .text(1, ref)
                .text(5, session)
                .text(6, "dockerfile.v0")
                .message(13, new MessageWriter().text(1, "moby").map(2, Map.of("name", "made")));
        more.accept(request);
        return request.toBytes();
    }

    /** Builds; gives what was told of it. */
    final List<String> build(GrpcClient control, Consumer<MessageWriter> more) throws Exception {
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

    /** The names of what was done, to the end of the build; those from the cache with a mark. */
    final List<String> watch(GrpcClient control) throws IOException {
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

    /** What the answer to a Solve says. */
    static Map<String, String> result(byte[] response) throws IOException {
        Map<String, String> result = new LinkedHashMap<>();
        MessageReader in = new MessageReader("a response", response);
        while (in.next() == 1) {
            in.entry(result);
        }
        return result;
    }

    /** A cache that is asked for. */
    static MessageWriter entry(String type, Map<String, String> attributes) {
        return new MessageWriter().text(1, type).map(2, attributes);
    }

    /** Calls what is to be refused; gives how it is. */
    static GrpcException failure(GrpcClient client, String path, byte[] request) {
        try {
            client.call(path, request);
            throw new AssertionError(path + " was answered");
        } catch (GrpcException e) {
            return e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
