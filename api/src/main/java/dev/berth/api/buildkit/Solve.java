package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildException;
import dev.berth.build.Builder;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A build that a client of the Control service has asked for, on its way. */
final class Solve {
    static final String FRONTEND = "dockerfile.v0";
    private static final String CONFIG_DIGEST = "containerimage.config.digest";

    private final SolveRequest request;
    private final StatusQueue status = new StatusQueue();
    private final CompletableFuture<Map<String, String>> returned = new CompletableFuture<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile Map<String, String> result = Map.of();

    Solve(SolveRequest request) {
        this.request = request;
    }

    SolveRequest request() {
        return request;
    }

    StatusQueue status() {
        return status;
    }

    /**
     * Builds with these options of the frontend, once, or says what they ask about the Dockerfile. What is told of the result is
     * kept.
     *
     * @return what is said; empty for a build
     */
    Map<String, String> run(Builder builder, Sessions sessions, Map<String, String> options)
            throws IOException, InterruptedException {
        Optional<Inquiry> inquiry = FrontendOptions.inquiry(options);
        if (inquiry.isEmpty() && !begun.compareAndSet(false, true)) {
            throw SolveRequest.unsupported("a second solve within one build");
        }
        Optional<ClientOutput> output = output();
        ImageOutput image = output.isPresent() ? ImageOutput.NAMELESS : image();
        List<String> names = image.names();
        try {
            Session session = sessions.get(request.session());
            BuildTrace trace = new BuildTrace(names, status::put);
            FrontendOptions.Asked asked = FrontendOptions.read(
                    options, names, output.isEmpty(), request.caches(), session, trace, builder.sentContexts());
            output.ifPresent(_ -> trace.leaves());
            if (inquiry.isPresent()) {
                result = builder.answer(inquiry.get(), asked.request(), asked.context(), trace)
                        .metadata();
                return result;
            }
            builder.build(request.ref(), asked.request(), asked.context(), trace);
            if (output.isPresent()) {
                output.get().send(session, builder, trace);
                result = output.get().isImage() ? Map.of(CONFIG_DIGEST, id(trace)) : Map.of();
                return Map.of();
            }
            Optional<Digest> pushed = image.send(session, builder, trace);
            result = Map.of(
                    "containerimage.digest",
                    pushed.map(Digest::toString).orElseGet(() -> id(trace)),
                    CONFIG_DIGEST,
                    id(trace),
                    "image.name",
                    String.join(",", trace.names()));
            return Map.of();
        } catch (BuildException e) {
            throw failed(String.valueOf(e.getMessage()), e.excerpt());
        } catch (DockerfileException e) {
            throw failed(String.valueOf(e.getMessage()), e.excerpt());
        } catch (EngineException e) {
            throw failed(String.valueOf(e.getMessage()), "");
        }
    }

    private static String id(BuildTrace trace) {
        return trace.image().orElseThrow().toString();
    }

    private static GrpcException failed(String message, String excerpt) {
        return new GrpcException(
                GrpcException.Code.UNKNOWN, message + (excerpt.isEmpty() ? "" : "\n" + excerpt.stripTrailing()));
    }

    /** What the client wants sent, where it is that. */
    private Optional<ClientOutput> output() throws GrpcException {
        Optional<SolveRequest.Exporter> exporter =
                request.exporter().filter(wanted -> ClientOutput.isAskedFor(wanted.type()));
        return exporter.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        ClientOutput.of(exporter.get().type(), exporter.get().attributes()));
    }

    private ImageOutput image() throws GrpcException {
        return request.exporter().isEmpty()
                ? ImageOutput.NAMELESS
                : ImageOutput.of(request.exporter().get());
    }

    /** What the client is told of the result. */
    Map<String, String> result() {
        return result;
    }

    /** The client has said over the gateway that all is well. */
    void complete() {
        returned.complete(result);
    }

    /** The client has said over the gateway that it has failed. */
    void fail(GrpcException reason) {
        returned.completeExceptionally(reason);
    }

    /** Waits for what the client says over the gateway. */
    Map<String, String> await() throws IOException, InterruptedException {
        try {
            return returned.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException reason ? reason : new IOException(e.getCause());
        }
    }
}
