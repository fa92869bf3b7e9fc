package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildException;
import dev.berth.build.BuildRequest;
import dev.berth.build.Builder;
import dev.berth.build.ContextSource;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A build that a client of the Control service has asked for, on its way. */
final class Solve {
    static final String FRONTEND = "dockerfile.v0";

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

    /** Builds with these options of the frontend; once. What is told of the result is kept. */
    void run(Builder builder, Sessions sessions, Map<String, String> options) throws IOException, InterruptedException {
        if (!begun.compareAndSet(false, true)) {
            throw SolveRequest.unsupported("a second solve within one build");
        }
        List<String> names = names();
        try {
            Session session = sessions.get(request.session());
            BuildRequest build = FrontendOptions.read(options, names, request.caches(), session);
            BuildTrace trace = new BuildTrace(names, status::put);
            if (build.remote().isPresent()) {
                builder.build(request.ref(), build, InputStream.nullInputStream(), trace);
            } else {
                ContextSource context = scratch -> new SessionContext(session, build.dockerfile(), trace, scratch);
                builder.build(request.ref(), build, context, trace);
            }
            String image = trace.image().orElseThrow().toString();
            result = Map.of(
                    "containerimage.digest", image,
                    "containerimage.config.digest", image,
                    "image.name", String.join(",", trace.names()));
        } catch (BuildException e) {
            throw failed(String.valueOf(e.getMessage()), e.excerpt());
        } catch (DockerfileException e) {
            throw failed(String.valueOf(e.getMessage()), e.excerpt());
        } catch (EngineException e) {
            throw failed(String.valueOf(e.getMessage()), "");
        }
    }

    private static GrpcException failed(String message, String excerpt) {
        return new GrpcException(
                GrpcException.Code.UNKNOWN, message + (excerpt.isEmpty() ? "" : "\n" + excerpt.stripTrailing()));
    }

    /** The image's names, where it is to have some. */
    private List<String> names() throws GrpcException {
        if (request.exporter().isEmpty()) {
            return List.of();
        }
        SolveRequest.Exporter exporter = request.exporter().get();
        if (!exporter.type().equals("moby") && !exporter.type().equals("image")) {
            throw SolveRequest.unsupported("the exporter " + exporter.type());
        }
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, String> attribute : exporter.attributes().entrySet()) {
            switch (attribute.getKey()) {
                case "name" -> names.addAll(List.of(attribute.getValue().split(",")));
                case "push" -> refusePush(exporter.type(), attribute.getValue());
                default -> throw SolveRequest.unsupported("the exporter's attribute " + attribute.getKey());
            }
        }
        names.removeIf(String::isEmpty);
        return names;
    }

    /** Of what stays with the engine, the client asks for a push in a request of its own. */
    private static void refusePush(String type, String value) throws GrpcException {
        if (type.equals("image") && !value.equals("false")) {
            throw SolveRequest.unsupported("the attribute push of the exporter image");
        }
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
