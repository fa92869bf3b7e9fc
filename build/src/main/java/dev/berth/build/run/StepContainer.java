package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.engine.Engine;
import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.container.AttachRequest;
import dev.berth.engine.container.CreateRequest;
import dev.berth.engine.container.ListQuery;
import dev.berth.engine.container.RemoveRequest;
import dev.berth.engine.container.WaitCondition;
import dev.berth.engine.container.WaitResult;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.Attachment;
import dev.berth.image.Image;
import dev.berth.image.files.FileTree;
import dev.berth.image.snapshot.WritableLayer;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A container whose changes become a layer. It goes with this, if the engine that made it lives; else with the next. */
final class StepContainer implements AutoCloseable {
    private static final String MARK = "dev.berth.build";

    private final Engine engine;
    private final String id;

    private StepContainer(Engine engine, String id) {
        this.engine = engine;
        this.id = id;
    }

    /**
     * Makes one.
     *
     * @param config as {@code POST /containers/create} has it
     * @param host as its HostConfig
     */
    static StepContainer make(
            Engine engine, Jsonb jsonb, Image image, Map<String, Object> config, Map<String, Object> host)
            throws IOException {
        Map<String, Object> whole = new LinkedHashMap<>(config);
        whole.put("Image", image.id().toString());
        whole.put("Labels", Map.of(MARK, ""));
        Map<String, Object> quiet = new LinkedHashMap<>(host);
        quiet.put("LogConfig", Map.of("Type", "none", "Config", Map.of()));
        try {
            CreateRequest request = new CreateRequest(
                    Optional.empty(),
                    Optional.empty(),
                    jsonb.type(ContainerConfig.class).fromJson(jsonb.toJson(whole)),
                    jsonb.type(HostConfig.class).fromJson(jsonb.toJson(quiet)),
                    NetworkingConfig.NONE);
            return new StepContainer(
                    engine,
                    Unbroken.run(() -> engine.containers().create(request)).id());
        } catch (EngineException e) {
            throw BuildException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    /** Removes those that a crash has left. */
    static void removeLeft(Engine engine) {
        ListQuery marked = new ListQuery(true, OptionalInt.empty(), Map.of("label", List.of(MARK)));
        engine.containers().list(marked).forEach(left -> new StepContainer(engine, left.id()).close());
    }

    String id() {
        return id;
    }

    String shortId() {
        return id.substring(0, 12);
    }

    /** Where its changes are. */
    Path upper() throws IOException {
        return layer().upper();
    }

    /** Its files; before its start, or after its end. The caller closes them. */
    FileTree files() throws IOException {
        return FileTree.of(layer());
    }

    private WritableLayer layer() throws IOException {
        return engine.images()
                .store()
                .writable(id)
                .orElseThrow(() -> new IOException("the files of build container " + id + " are gone"));
    }

    /**
     * Runs it to its end.
     *
     * @param undisclosed variables that it has too, each {@code NAME=value}, which no record has
     * @param output told what it prints
     * @return its exit code
     * @throws BuildException FAILED where it cannot be started
     */
    int run(List<String> undisclosed, StepOutput output) throws InterruptedException {
        StepOutput.Queue queue = new StepOutput.Queue();
        try (Attachment attachment =
                engine.containers().attach(id, new AttachRequest(false, true, true, false, true), queue)) {
            CompletableFuture<WaitResult> end = engine.containers().await(id, WaitCondition.NEXT_EXIT);
            Unbroken.change(() -> engine.containers().start(id, undisclosed));
            queue.drain(attachment, output);
            WaitResult result = end.join();
            result.error().ifPresent(reason -> {
                throw BuildException.failed(reason);
            });
            return result.exitCode();
        } catch (EngineException e) {
            throw BuildException.failed(String.valueOf(e.getMessage()), e);
        } catch (CompletionException | CancellationException e) {
            throw BuildException.failed("the end of build container " + id + " is not known: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Unbroken.change(this::remove);
    }

    private void remove() {
        try {
            engine.containers().remove(id, RemoveRequest.FORCE);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_FOUND) {
                System.getLogger(StepContainer.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "build container {0} could not be removed, which the next start does: {1}",
                                id,
                                e.getMessage());
            }
        }
    }
}
