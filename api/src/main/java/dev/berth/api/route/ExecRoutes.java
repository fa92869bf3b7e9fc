package dev.berth.api.route;

import dev.berth.api.http.Exchange;
import dev.berth.api.http.RawStream;
import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.Conversation;
import dev.berth.api.stream.DetachKeys;
import dev.berth.api.stream.OutputPump;
import dev.berth.engine.Engine;
import dev.berth.engine.config.ExecConfig;
import dev.berth.engine.container.ExecInspection;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import dev.berth.level.WindowSize;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** {@code /exec}: further processes in running containers. */
final class ExecRoutes {
    private final Engine engine;

    ExecRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/containers/{id...}/exec", this::create);
        router.add("POST", "/exec/{id}/start", this::start);
        router.add("POST", "/exec/{id}/resize", this::resize);
        router.add("GET", "/exec/{id}/json", this::inspect);
    }

    /** How an exec is to be started. */
    @Json
    record StartRequest(
            @Json.Property("Detach") boolean detach,
            @Json.Property("Tty") boolean tty,
            @Json.Property("ConsoleSize") @Nullable List<@Nullable Integer> consoleSize) {}

    private void create(Call call) throws IOException {
        ExecConfig config = call.body(ExecConfig.class);
        new DetachKeys(config.detachKeys()); // refused now rather than when it is started
        String id = engine.execs().create(call.path("id"), config);
        call.answer(Status.CREATED, JsonTree.of("Id", id));
    }

    private void start(Call call) throws IOException {
        StartRequest request = call.body(StartRequest.class);
        String id = call.path("id");
        ExecInspection exec = engine.execs().inspect(id);
        if (request.detach()) {
            engine.execs().startDetached(id, request.tty());
            call.exchange().answer(Status.OK);
            return;
        }
        Optional<DetachKeys> keys = exec.tty() ? Optional.of(new DetachKeys(exec.detachKeys())) : Optional.empty();
        OutputPump pump = new OutputPump(!exec.tty());
        Attachment attachment;
        try {
            attachment = engine.execs().start(id, request.tty(), size(request), pump);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_RUNNABLE) {
                throw e;
            }
            tellOnTheStream(call, exec.tty(), String.valueOf(e.getMessage()));
            return;
        }
        try {
            Conversation conversation = new Conversation(takeOver(call, exec.tty()), attachment, pump, keys);
            if (conversation.run(exec.openStdin())) {
                engine.execs().tellDetached(id);
            }
        } finally {
            attachment.close();
        }
    }

    private static Optional<WindowSize> size(StartRequest request) {
        List<@Nullable Integer> size = request.consoleSize();
        if (size == null || size.size() != 2) {
            return Optional.empty();
        }
        Integer rows = size.get(0);
        Integer columns = size.get(1);
        if (rows == null || columns == null) {
            throw EngineException.invalid("invalid ConsoleSize: two numbers are expected");
        }
        return Optional.of(ContainerRoutes.size(rows, columns));
    }

    private static RawStream takeOver(Call call, boolean terminal) throws IOException {
        Exchange exchange = call.exchange();
        return exchange.takeOver(StreamRoutes.contentType(call, terminal));
    }

    /** As Docker does: clients learn the exit code, 126 or 127, by asking for it afterwards. */
    private static void tellOnTheStream(Call call, boolean terminal, String message) throws IOException {
        OutputPump pump = new OutputPump(!terminal);
        pump.write(OutputSink.Stream.STDOUT, ByteBuffer.wrap((message + "\r\n").getBytes(StandardCharsets.UTF_8)));
        pump.end();
        try (RawStream stream = takeOver(call, terminal)) {
            pump.run(stream.output(), NOTHING);
        }
    }

    private static final Attachment NOTHING = new Attachment() {
        @Override
        public CompletableFuture<Void> write(ByteBuffer bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void closeInput() {}

        @Override
        public void resume() {}

        @Override
        public void close() {}
    };

    private void resize(Call call) throws IOException {
        engine.execs().resize(call.path("id"), ContainerRoutes.size(call));
        call.exchange().answer(Status.OK);
    }

    private void inspect(Call call) throws IOException {
        ExecInspection exec = engine.execs().inspect(call.path("id"));
        OptionalInt code = exec.exitCode();
        call.answer(JsonTree.of(
                "ID", exec.id(),
                "Running", exec.running(),
                "ExitCode", code.isPresent() ? code.getAsInt() : null,
                "ProcessConfig",
                        JsonTree.of(
                                "tty", exec.tty(),
                                "entrypoint", exec.entrypoint(),
                                "arguments", exec.arguments(),
                                "privileged", exec.privileged(),
                                "user", exec.user()),
                "OpenStdin", exec.openStdin(),
                "OpenStderr", exec.openStderr(),
                "OpenStdout", exec.openStdout(),
                "CanRemove", !exec.running() && code.isPresent(),
                "ContainerID", exec.containerId(),
                "DetachKeys", exec.detachKeys(),
                "Pid", exec.pid()));
    }
}
