package dev.berth.api.route;

import dev.berth.api.http.BodyException;
import dev.berth.api.http.ClientGoneException;
import dev.berth.api.http.Exchange;
import dev.berth.api.http.Handler;
import dev.berth.api.http.Request;
import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.build.Builder;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.LongTexts;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Docker Engine API over an engine: finds the endpoint of each request, and turns what fails into Docker's status
 * codes and {@code {"message": …}}.
 */
public final class Api implements Handler {
    private static final String PREFIX = "/v";

    private final Jsonb jsonb = Jsonb.builder().adapter(LongTexts.stream()).build();
    private final Router router = new Router();
    private final System.Logger log;

    /**
     * @param version of the engine; {@code version} and {@code info} tell it behind that of Docker
     * @param log where failures are told that are nobody's fault but ours
     */
    public Api(Engine engine, String version, System.Logger log) {
        this(engine, Optional.empty(), version, log);
    }

    /**
     * As {@link #Api(Engine, String, System.Logger)}, with others that use the engine too.
     *
     * @param builder the engine's, where it has one already: there can be no second
     */
    public Api(Engine engine, Optional<Builder> builder, String version, System.Logger log) {
        this.log = log;
        BuildRoutes builds = new BuildRoutes(engine, builder, version, log);
        new SystemRoutes(engine, builds, version).addTo(router);
        new ContainerRoutes(engine).addTo(router);
        new StreamRoutes(engine).addTo(router);
        new FileRoutes(engine).addTo(router);
        new ExecRoutes(engine).addTo(router);
        new TransferRoutes(engine).addTo(router);
        new RegistryRoutes(engine).addTo(router);
        new ImageRoutes(engine).addTo(router);
        new NetworkRoutes(engine).addTo(router);
        new VolumeRoutes(engine).addTo(router);
        builds.addTo(router);
        new JarBuildRoutes(engine).addTo(router);
        new AbsentRoutes().addTo(router);
        new CheckRoutes(engine, builds).addTo(router);
    }

    /** The header fields that every answer has. */
    public static List<String> headers(String version) {
        return List.of(
                "Api-Version: " + Version.NEWEST,
                "Docker-Experimental: false",
                "Ostype: linux",
                "Server: Berth/" + version + " (linux)");
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        try {
            serve(exchange);
        } catch (EngineException e) {
            fail(exchange, status(e.kind()), String.valueOf(e.getMessage()), e);
        } catch (ImageException e) {
            fail(exchange, status(e.kind()), String.valueOf(e.getMessage()), e);
        } catch (ClientGoneException e) {
            throw e;
        } catch (BodyException e) {
            fail(exchange, Status.BAD_REQUEST, String.valueOf(e.getMessage()), e);
        } catch (IOException | RuntimeException | Error e) {
            log.log(
                    System.Logger.Level.ERROR,
                    exchange.request().method() + " " + exchange.request().path() + " failed",
                    e);
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            fail(exchange, Status.INTERNAL_SERVER_ERROR, reason, e);
        }
    }

    private void serve(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String path = request.path();
        Version version = Version.NEWEST;
        if (path.startsWith(PREFIX)) {
            int slash = path.indexOf('/', 1);
            Optional<Version> asked =
                    slash < 0 ? Optional.empty() : Version.parse(path.substring(PREFIX.length(), slash));
            if (asked.isPresent()) {
                version = supported(asked.get());
                path = path.substring(slash);
            }
        }
        Optional<Router.Match> match = router.find(request.method(), path);
        if (match.isEmpty()) {
            fail(exchange, Status.NOT_FOUND, "page not found", EngineException.notFound(path));
            return;
        }
        match.get().endpoint().serve(new Call(exchange, match.get().path(), version, jsonb));
    }

    private static Version supported(Version asked) {
        if (asked.compareTo(Version.NEWEST) > 0) {
            throw EngineException.invalid(
                    "client version " + asked + " is too new. Maximum supported API version is " + Version.NEWEST);
        }
        if (asked.compareTo(Version.OLDEST) < 0) {
            throw EngineException.invalid("client version " + asked + " is too old. Minimum supported API version is "
                    + Version.OLDEST + ", please upgrade your client to a newer version");
        }
        return asked;
    }

    private void fail(Exchange exchange, Status status, String message, Throwable cause) throws IOException {
        if (exchange.isAnswered()) {
            throw cause instanceof IOException io ? io : new IOException(message, cause);
        }
        if (status == Status.NOT_MODIFIED) {
            exchange.answer(status);
            return;
        }
        exchange.answer(status, "application/json", new JsonTree(jsonb).bytes(Map.of("message", message)));
    }

    private static Status status(EngineException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Status.NOT_FOUND;
            case CONFLICT -> Status.CONFLICT;
            case INVALID, NOT_RUNNABLE -> Status.BAD_REQUEST;
            case NOT_MODIFIED -> Status.NOT_MODIFIED;
            case UNSUPPORTED -> Status.NOT_IMPLEMENTED;
            case FORBIDDEN -> Status.FORBIDDEN;
            case UNAUTHORIZED -> Status.UNAUTHORIZED;
            case FAILED -> Status.INTERNAL_SERVER_ERROR;
        };
    }

    private static Status status(ImageException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND, NO_MATCHING_PLATFORM -> Status.NOT_FOUND;
            case CONFLICT -> Status.CONFLICT;
            case AMBIGUOUS, BAD_REQUEST, INVALID, TOO_LARGE -> Status.BAD_REQUEST;
            case UNAUTHORIZED -> Status.UNAUTHORIZED;
            case FORBIDDEN -> Status.FORBIDDEN;
            case UNAVAILABLE, NO_SPACE -> Status.INTERNAL_SERVER_ERROR;
        };
    }
}
