package dev.berth.api.route;

import dev.berth.api.buildkit.BuildTrace;
import dev.berth.api.buildkit.ClientOutput;
import dev.berth.api.buildkit.Control;
import dev.berth.api.buildkit.Session;
import dev.berth.api.buildkit.SessionContext;
import dev.berth.api.buildkit.Sessions;
import dev.berth.api.grpc.GrpcException;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.TransferLines;
import dev.berth.build.BuildException;
import dev.berth.build.BuildRequest;
import dev.berth.build.Builder;
import dev.berth.build.ContextSource;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /session}, {@code /grpc}, and {@code POST /build} with {@code version=2}: builds whose client serves its files, secrets and passwords
 * over a connection of its own, and is told of the build as BuildKit tells it.
 */
final class SessionBuilds {
    private static final String CLIENT = "client-session";
    private static final String UPLOAD = "upload-request";

    private final Sessions sessions = new Sessions();
    private final ContextUploads uploads = new ContextUploads();
    private final Control.Builders builders;
    private final BuildCacheRoutes caches;
    private final String version;
    private Optional<Control> control = Optional.empty();

    /**
     * @param caches what a query says of them
     * @param version of the engine
     */
    SessionBuilds(Control.Builders builders, BuildCacheRoutes caches, String version) {
        this.builders = builders;
        this.caches = caches;
        this.version = version;
    }

    void addTo(Router router) {
        router.add("POST", "/session", call -> sessions.serve(call.exchange()));
        router.add("POST", "/grpc", call -> control().serve(call.exchange()));
    }

    /** Made with the first client that asks for it: what it is made of need not be loaded before. */
    private synchronized Control control() {
        Control made = control.orElseGet(() -> new Control(builders, sessions, version));
        control = Optional.of(made);
        return made;
    }

    static boolean isAskedFor(Call call) {
        return call.query("version").filter("2"::equals).isPresent();
    }

    void build(Call call) throws IOException {
        Builder builder = builders.builder();
        String id = call.query("buildid").orElse("");
        if (id.startsWith(UPLOAD + ":")) {
            uploads.offer(id.substring(UPLOAD.length() + 1), call.exchange().body());
            call.exchange().answer(dev.berth.api.http.Status.OK);
            return;
        }
        try {
            String sessionId = call.query("session").orElse("");
            Session session = sessions.get(sessionId);
            Optional<ClientOutput> output = output(call);
            BuildRequest request = BuildQuery.read(
                    call,
                    call.query("remote").filter(remote -> !remote.equals(CLIENT) && !remote.equals(UPLOAD)),
                    output.isEmpty(),
                    session,
                    caches.options(call));
            Transfers.run(call, lines -> build(call, builder, session, request, output, lines));
        } catch (InterruptedException e) {
            throw EngineException.failed("the build was cancelled", e);
        }
    }

    /** {@code outputs}: what the client wants sent, a list of at most one; nothing for an image that stays here. */
    private static Optional<ClientOutput> output(Call call) throws IOException {
        Object outputs = call.query("outputs")
                .map(text -> BuildQuery.tree(call, "outputs", text))
                .orElse(List.of());
        if (!(outputs instanceof List<?> list) || list.size() > 1) {
            throw EngineException.invalid("multiple outputs not supported");
        }
        if (list.isEmpty() || !(list.getFirst() instanceof Map<?, ?> output)) {
            return Optional.empty();
        }
        String type = String.valueOf(output.get("Type"));
        if (!ClientOutput.isAskedFor(type)) {
            throw EngineException.unsupported("the output " + type + " is not supported by Berth");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        if (output.get("Attrs") instanceof Map<?, ?> map) {
            map.forEach((name, value) -> attributes.put(String.valueOf(name), String.valueOf(value)));
        }
        try {
            return Optional.of(ClientOutput.of(type, attributes));
        } catch (GrpcException e) {
            throw EngineException.unsupported(String.valueOf(e.getMessage()));
        }
    }

    private void build(
            Call call,
            Builder builder,
            Session session,
            BuildRequest request,
            Optional<ClientOutput> output,
            TransferLines lines)
            throws IOException {
        lines.begin();
        BuildTrace trace = new BuildTrace(
                request.names(),
                status -> lines.send(JsonTree.of(
                        "id", "moby.buildkit.trace", "aux", Base64.getEncoder().encodeToString(status))));
        String id = call.query("buildid").orElse("");
        output.ifPresent(_ -> trace.leaves());
        try {
            if (call.query("remote").filter(UPLOAD::equals).isPresent()) {
                uploads.take(id, body -> builder.build(id, request, body, trace));
            } else if (request.remote().isPresent()) {
                builder.build(id, request, InputStream.nullInputStream(), trace);
            } else {
                ContextSource context = scratch ->
                        new SessionContext(session, request.dockerfile(), trace, scratch, builder.sentContexts());
                builder.build(id, request, context, trace);
            }
            if (output.isPresent()) {
                output.get().send(session, builder, trace);
                return;
            }
            String image = trace.image().orElseThrow().toString();
            lines.send(JsonTree.of("id", "moby.image.id", "aux", JsonTree.of("ID", image)));
            if (call.flag("q")) {
                lines.text(image + "\n");
            }
        } catch (BuildException e) {
            fail(lines, String.valueOf(e.getMessage()), e.excerpt());
        } catch (DockerfileException e) {
            fail(lines, String.valueOf(e.getMessage()), e.excerpt());
        } catch (InterruptedException e) {
            fail(lines, "the build was cancelled", "");
        } catch (IOException e) {
            fail(lines, String.valueOf(e.getMessage()), "");
        }
    }

    private static void fail(TransferLines lines, String message, String excerpt) {
        String whole = "failed to solve: " + message + (excerpt.isEmpty() ? "" : "\n" + excerpt.stripTrailing());
        lines.send(JsonTree.of("errorDetail", JsonTree.of("message", whole), "error", whole));
    }
}
