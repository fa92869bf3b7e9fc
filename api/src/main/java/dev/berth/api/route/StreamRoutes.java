package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.stream.Conversation;
import dev.berth.api.stream.DetachKeys;
import dev.berth.api.stream.OutputPump;
import dev.berth.engine.Engine;
import dev.berth.engine.container.AttachRequest;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogQuery;
import dev.berth.engine.stream.Attachment;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code /containers/…/attach} and {@code /logs}: streams of a container's output. */
final class StreamRoutes {
    private static final String RAW = "application/vnd.docker.raw-stream";
    private static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

    private final Engine engine;

    StreamRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/containers/{id...}/attach", this::attach);
        router.add("GET", "/containers/{id...}/logs", this::logs);
    }

    /** How a stream's content is announced; before 1.42 it was always called raw. */
    static String contentType(Call call, boolean terminal) {
        return terminal || !call.version().atLeast(1, 42) ? RAW : MULTIPLEXED;
    }

    private void attach(Call call) throws IOException {
        ContainerInspection container = engine.containers().inspect(call.path("id"));
        boolean terminal = container.config().tty();
        Optional<DetachKeys> keys =
                terminal ? Optional.of(new DetachKeys(call.query("detachKeys").orElse(""))) : Optional.empty();
        AttachRequest request = new AttachRequest(
                call.flag("stdin") && container.config().openStdin(),
                call.flag("stdout"),
                call.flag("stderr"),
                call.flag("logs"),
                call.flag("stream"));
        OutputPump pump = new OutputPump(!terminal);
        Attachment attachment = engine.containers().attach(container.id(), request, pump);
        try {
            Conversation conversation =
                    new Conversation(call.exchange().takeOver(contentType(call, terminal)), attachment, pump, keys);
            if (conversation.run(request.stdin() && request.stream())) {
                engine.containers().tellDetached(container.id());
            }
        } finally {
            attachment.close();
        }
    }

    private void logs(Call call) throws IOException {
        if (!call.flag("stdout") && !call.flag("stderr")) {
            throw EngineException.invalid("Bad parameters: you must choose at least one stream");
        }
        ContainerInspection container = engine.containers().inspect(call.path("id"));
        LogQuery query = new LogQuery(
                call.flag("stdout"),
                call.flag("stderr"),
                call.flag("follow"),
                Times.parse(call, "since"),
                Times.parse(call, "until"),
                tail(call.query("tail").orElse("all")),
                call.flag("timestamps"),
                call.flag("details"));
        boolean terminal = container.config().tty();
        OutputPump pump = new OutputPump(!terminal);
        try (Attachment reading = engine.containers().logs(container.id(), query, pump)) {
            call.exchange().onDisconnect(pump::forsake);
            try (OutputStream out = call.exchange().stream(Status.OK, contentType(call, terminal))) {
                pump.run(out, reading);
            }
        }
    }

    /** What is no number means all, as in Docker. */
    private static OptionalLong tail(String text) {
        try {
            long lines = Long.parseLong(text);
            return lines < 0 ? OptionalLong.empty() : OptionalLong.of(lines);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
