package dev.berth.engine.container;

import dev.berth.engine.log.LogQuery;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import dev.berth.level.WindowSize;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The containers of an engine. A container is named by its id, the start of it where that is unique, or its name.
 * Every method throws {@link dev.berth.engine.error.EngineException} NOT_FOUND where there is no such container.
 */
public final class Containers {
    /**
     * Makes a container; nothing runs yet.
     *
     * @throws dev.berth.engine.error.EngineException NOT_FOUND for the image, CONFLICT for the name, INVALID or
     *     UNSUPPORTED for a part of the request, which is named
     */
    public Created create(CreateRequest request) {
        throw new IllegalStateException("skeleton " + request);
    }

    /** Starts a container and returns once its program runs. NOT_MODIFIED where it does already. */
    public void start(String container) {
        throw new IllegalStateException("skeleton " + container);
    }

    /** Ends a container gently, then not; returns when it has ended. NOT_MODIFIED where it does not run. */
    public void stop(String container, StopRequest request) {
        throw new IllegalStateException("skeleton " + container + request);
    }

    /** Stops, where it runs, and starts. */
    public void restart(String container, StopRequest request) {
        throw new IllegalStateException("skeleton " + container + request);
    }

    /** Sends a signal: a name with or without {@code SIG}, a number; empty for SIGKILL. */
    public void kill(String container, String signal) {
        throw new IllegalStateException("skeleton " + container + signal);
    }

    public void pause(String container) {
        throw new IllegalStateException("skeleton " + container);
    }

    public void unpause(String container) {
        throw new IllegalStateException("skeleton " + container);
    }

    /** Completes when the condition holds; cancel it to wait no longer. */
    public CompletableFuture<WaitResult> await(String container, WaitCondition condition) {
        throw new IllegalStateException("skeleton " + container + condition);
    }

    /** Removes a container with its changes and its logs. */
    public void remove(String container, RemoveRequest request) {
        throw new IllegalStateException("skeleton " + container + request);
    }

    /** Removes all that do not run and fit the filters ({@code label}, {@code until}); gives their ids. */
    public List<String> prune(Map<String, List<String>> filters) {
        throw new IllegalStateException("skeleton " + filters);
    }

    public void rename(String container, String newName) {
        throw new IllegalStateException("skeleton " + container + newName);
    }

    /** The youngest first. */
    public List<ContainerInspection> list(ListQuery query) {
        throw new IllegalStateException("skeleton " + query);
    }

    public ContainerInspection inspect(String container) {
        throw new IllegalStateException("skeleton " + container);
    }

    /** Attaches, before the start as well. The sink's calls begin at once; its end comes with the container's. */
    public Attachment attach(String container, AttachRequest request, OutputSink sink) {
        throw new IllegalStateException("skeleton " + container + request + sink);
    }

    /** Tells the terminal's size; before the start, it is what the terminal starts with. */
    public void resize(String container, WindowSize size) {
        throw new IllegalStateException("skeleton " + container + size);
    }

    /** The processes; the arguments are those of ps(1), of which the common ones are known. */
    public ProcessTable top(String container, Optional<String> psArguments) {
        throw new IllegalStateException("skeleton " + container + psArguments);
    }

    public ContainerStats stats(String container) {
        throw new IllegalStateException("skeleton " + container);
    }

    /** Reads the log into the sink, in the background. */
    public Attachment logs(String container, LogQuery query, OutputSink sink) {
        throw new IllegalStateException("skeleton " + container + query + sink);
    }
}
