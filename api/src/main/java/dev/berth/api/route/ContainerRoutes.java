package dev.berth.api.route;

import dev.berth.api.http.ClientGoneException;
import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.view.ContainerView;
import dev.berth.api.view.StatsView;
import dev.berth.engine.Engine;
import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.config.ResourceUpdate;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.container.Containers;
import dev.berth.engine.container.CreateRequest;
import dev.berth.engine.container.Created;
import dev.berth.engine.container.ListQuery;
import dev.berth.engine.container.ProcessTable;
import dev.berth.engine.container.PrunedContainers;
import dev.berth.engine.container.RemoveRequest;
import dev.berth.engine.container.StopRequest;
import dev.berth.engine.container.WaitCondition;
import dev.berth.engine.container.WaitResult;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.Platform;
import dev.berth.level.WindowSize;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /containers}: what is not a stream of a container's output. */
final class ContainerRoutes {
    private static final int MOST_CELLS = 0xffff;

    private final Engine engine;

    ContainerRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/containers/create", this::create);
        router.add("GET", "/containers/json", this::list);
        router.add("POST", "/containers/prune", this::prune);
        router.add("GET", "/containers/{id...}/json", this::inspect);
        router.add("GET", "/containers/{id...}/top", this::top);
        router.add("GET", "/containers/{id...}/stats", this::stats);
        router.add("POST", "/containers/{id...}/start", this::start);
        router.add("POST", "/containers/{id...}/stop", this::stop);
        router.add("POST", "/containers/{id...}/restart", this::restart);
        router.add("POST", "/containers/{id...}/kill", this::kill);
        router.add("POST", "/containers/{id...}/pause", this::pause);
        router.add("POST", "/containers/{id...}/unpause", this::unpause);
        router.add("POST", "/containers/{id...}/rename", this::rename);
        router.add("POST", "/containers/{id...}/update", this::update);
        router.add("POST", "/containers/{id...}/resize", this::resize);
        router.add("POST", "/containers/{id...}/wait", this::await);
        router.add("DELETE", "/containers/{id...}", this::remove);
    }

    private Containers containers() {
        return engine.containers();
    }

    /** The two members of a request to create a container that stand beside those of its {@link ContainerConfig}. */
    @Json
    record Further(
            @Json.Property("HostConfig") @Nullable HostConfig hostConfig,
            @Json.Property("NetworkingConfig") @Nullable NetworkingConfig networkingConfig) {}

    private void create(Call call) throws IOException {
        byte[] document = call.document();
        ContainerConfig config = call.read(document, ContainerConfig.class);
        Further further = call.read(document, Further.class);
        HostConfig host =
                Optional.ofNullable(further.hostConfig()).orElseGet(() -> call.read(new byte[0], HostConfig.class));
        Optional<String> platform = call.query("platform");
        Created created = containers()
                .create(new CreateRequest(
                        call.query("name"),
                        platform.isPresent() ? Optional.of(Platform.parse(platform.get())) : Optional.<Platform>empty(),
                        config,
                        host,
                        Optional.ofNullable(further.networkingConfig()).orElse(NetworkingConfig.NONE)));
        call.answer(Status.CREATED, JsonTree.of("Id", created.id(), "Warnings", created.warnings()));
    }

    private void list(Call call) throws IOException {
        OptionalInt limit = call.number("limit");
        ListQuery query = new ListQuery(
                call.flag("all"),
                limit.isPresent() && limit.getAsInt() > 0 ? limit : OptionalInt.empty(),
                call.filters());
        Stream<ContainerInspection> found = containers().list(query);
        if (!call.flag("size")) {
            call.answerEach(found.map(ContainerView::summary));
            return;
        }
        List<Object> views = new ArrayList<>();
        ContainerSizes sizes = new ContainerSizes(engine);
        for (ContainerInspection container : found.toList()) {
            Map<String, @Nullable Object> view = ContainerView.summary(container);
            sizes.addTo(view, container);
            views.add(view);
        }
        call.answer(views);
    }

    private void inspect(Call call) throws IOException {
        ContainerInspection container = containers().inspect(call.path("id"));
        Map<String, @Nullable Object> view = ContainerView.full(container);
        if (call.flag("size")) {
            new ContainerSizes(engine).addTo(view, container);
        }
        call.answer(view);
    }

    private void prune(Call call) throws IOException {
        PrunedContainers pruned = containers().prune(call.filters());
        call.answer(JsonTree.of("ContainersDeleted", JsonTree.orNull(pruned.ids()), "SpaceReclaimed", pruned.bytes()));
    }

    private void top(Call call) throws IOException {
        ProcessTable table = containers().top(call.path("id"), call.query("ps_args"));
        call.answer(JsonTree.of("Titles", table.titles(), "Processes", table.processes()));
    }

    private void stats(Call call) throws IOException {
        StatsView view = new StatsView(containers(), call.path("id"));
        if (!call.flag("stream", true)) {
            call.answer(view.next(!call.flag("one-shot")));
            return;
        }
        Object first = view.next(false);
        boolean[] gone = {false};
        Thread self = Thread.currentThread();
        call.exchange().onDisconnect(() -> {
            gone[0] = true;
            self.interrupt();
        });
        try (OutputStream out = call.exchange().stream(Status.OK, "application/json")) {
            for (Object tree = first; !gone[0]; tree = view.next(true)) {
                out.write(call.json(tree));
                out.write('\n');
                out.flush();
            }
        }
    }

    private void start(Call call) throws IOException {
        containers().start(call.path("id"));
        call.done();
    }

    private void stop(Call call) throws IOException {
        containers().stop(call.path("id"), new StopRequest(call.query("signal"), call.number("t")));
        call.done();
    }

    private void restart(Call call) throws IOException {
        containers().restart(call.path("id"), new StopRequest(call.query("signal"), call.number("t")));
        call.done();
    }

    private void kill(Call call) throws IOException {
        containers().kill(call.path("id"), call.query("signal").orElse(""));
        call.done();
    }

    private void pause(Call call) throws IOException {
        containers().pause(call.path("id"));
        call.done();
    }

    private void unpause(Call call) throws IOException {
        containers().unpause(call.path("id"));
        call.done();
    }

    private void rename(Call call) throws IOException {
        containers().rename(call.path("id"), call.query("name").orElse(""));
        call.done();
    }

    private void resize(Call call) throws IOException {
        containers().resize(call.path("id"), size(call));
        call.exchange().answer(Status.OK);
    }

    private void update(Call call) throws IOException {
        containers().update(call.path("id"), call.body(ResourceUpdate.class));
        call.answer(JsonTree.of("Warnings", null));
    }

    static WindowSize size(Call call) {
        return size(call.number("h").orElse(0), call.number("w").orElse(0));
    }

    /** @throws EngineException INVALID for what a terminal cannot be (TIOCSWINSZ takes 16 bits) */
    static WindowSize size(int rows, int columns) {
        if (rows < 0 || columns < 0 || rows > MOST_CELLS || columns > MOST_CELLS) {
            throw EngineException.invalid("invalid size of a terminal: " + rows + " rows, " + columns + " columns");
        }
        return new WindowSize(rows, columns);
    }

    /** The answer's head goes out when we have begun to wait: clients start the container only then. */
    private void await(Call call) throws IOException {
        WaitCondition condition = switch (call.query("condition").orElse("not-running")) {
            case "not-running" -> WaitCondition.NOT_RUNNING;
            case "next-exit" -> WaitCondition.NEXT_EXIT;
            case "removed" -> WaitCondition.REMOVED;
            case String other -> throw EngineException.invalid("invalid condition: \"" + other + "\"");
        };
        CompletableFuture<WaitResult> end = containers().await(call.path("id"), condition);
        call.exchange().onDisconnect(() -> end.cancel(false));
        try (OutputStream out = call.exchange().stream(Status.OK, "application/json")) {
            WaitResult result = end.get();
            Object error = result.error()
                    .map(text -> (Object) JsonTree.of("Message", text))
                    .orElse(null);
            out.write(call.json(
                    error == null
                            ? JsonTree.of("StatusCode", result.exitCode())
                            : JsonTree.of("StatusCode", result.exitCode(), "Error", error)));
        } catch (CancellationException e) {
            throw new ClientGoneException();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void remove(Call call) throws IOException {
        if (call.flag("link")) {
            containers().removeLink(call.path("id"));
        } else {
            containers().remove(call.path("id"), new RemoveRequest(call.flag("force"), call.flag("v")));
        }
        call.done();
    }
}
