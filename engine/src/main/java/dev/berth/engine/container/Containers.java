package dev.berth.engine.container;

import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.Limits;
import dev.berth.engine.config.ResourceUpdate;
import dev.berth.engine.container.Container.Run;
import dev.berth.engine.container.State.Status;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Event;
import dev.berth.engine.log.LogMark;
import dev.berth.engine.log.LogQuery;
import dev.berth.engine.log.LogReading;
import dev.berth.engine.network.Endpoint;
import dev.berth.engine.network.InterfaceTraffic;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import dev.berth.engine.stream.ProcessStreams;
import dev.berth.engine.stream.Replay;
import dev.berth.engine.system.HostFacts;
import dev.berth.image.Image;
import dev.berth.image.ImageUser;
import dev.berth.level.Capability;
import dev.berth.level.LevelException;
import dev.berth.level.Stats;
import dev.berth.level.WindowSize;
import dev.berth.linux.OwnThread;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The containers of an engine. A container is named by its id, the start of it where that is unique, or its name.
 * Every method throws {@link dev.berth.engine.error.EngineException} NOT_FOUND where there is no such container.
 */
public final class Containers implements AutoCloseable {
    private final Facilities facilities;
    private final ContainerIndex index = new ContainerIndex();
    private final Creation creation;
    private final Lifecycle lifecycle;
    private final ContainerNetworking networking;
    private final Execs execs;
    private final ContainerFiles files;
    private final Updating updating;
    private final Committing committing;

    private Containers(Facilities facilities) {
        this.facilities = facilities;
        this.creation = new Creation(facilities, index);
        this.lifecycle = new Lifecycle(facilities, index);
        this.networking = new ContainerNetworking(facilities, index);
        this.execs = new Execs(index, lifecycle);
        this.files = new ContainerFiles(facilities, index, lifecycle);
        this.updating = new Updating(facilities, lifecycle);
        this.committing = new Committing(facilities, lifecycle);
    }

    /**
     * Takes up the containers that are there, running ones too, and marks as ended what has not outlived the last engine.
     * Those that a policy restarts are started in the background.
     */
    public static Containers open(Facilities facilities) throws IOException {
        Containers containers = new Containers(facilities);
        List<Container> restarted = new Recovery(facilities, containers.lifecycle).recover(containers.index);
        if (!restarted.isEmpty()) {
            Thread.ofVirtual()
                    .start(() -> restarted.forEach(container -> containers.lifecycle.startAgain(
                            container, container.state().status(), 0)));
        }
        return containers;
    }

    /** A check of these containers; what has been left of others is found as well. */
    public StateCheck check() {
        return new StateCheck(facilities.dataRoot(), facilities.images(), facilities.jsonb(), new StateCheck.Live() {
            @Override
            public Optional<Container> container(String id) {
                return index.withId(id);
            }

            @Override
            public boolean isUnderWay(String id) {
                return index.isTaken(id) || facilities.sweeper().isPending(id);
            }
        });
    }

    public Execs execs() {
        return execs;
    }

    public ContainerFiles files() {
        return files;
    }

    /** Changes limits and the restart policy, also while it runs. */
    public void update(String container, ResourceUpdate update) {
        updating.update(index.find(container), update);
    }

    /** Makes an image of a container's image and its changes. */
    public Image commit(CommitRequest request) {
        return committing.commit(index.find(request.container()), request);
    }

    /**
     * Makes a container; nothing runs yet.
     *
     * @throws dev.berth.engine.error.EngineException NOT_FOUND for the image, CONFLICT for the name, INVALID or
     *     UNSUPPORTED for a part of the request, which is named
     */
    public Created create(CreateRequest request) {
        return creation.create(request);
    }

    /** Starts a container and returns once its program runs. NOT_MODIFIED where it does already. */
    public void start(String container) {
        start(container, List.of());
    }

    /**
     * Starts a container whose processes have variables besides its own: secrets, which are not shown and written down nowhere.
     *
     * @param undisclosed each {@code NAME=value}
     */
    public void start(String container, List<String> undisclosed) {
        lifecycle.start(index.find(container), undisclosed);
    }

    /** Ends a container gently, then not; returns when it has ended. NOT_MODIFIED where it does not run. */
    public void stop(String container, StopRequest request) {
        lifecycle.stop(index.find(container), request);
    }

    /** Stops, where it runs, and starts. */
    public void restart(String container, StopRequest request) {
        lifecycle.restart(index.find(container), request);
    }

    /** Sends a signal: a name with or without {@code SIG}, a number; empty for SIGKILL. */
    public void kill(String container, String signal) {
        try {
            lifecycle.kill(index.find(container), signal);
        } catch (EngineException e) {
            if (e.kind() == EngineException.Kind.NOT_FOUND || e.kind() == EngineException.Kind.CONFLICT) {
                throw new EngineException(e.kind(), "cannot kill container: " + container + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    public void pause(String container) {
        lifecycle.pause(index.find(container));
    }

    public void unpause(String container) {
        lifecycle.unpause(index.find(container));
    }

    /** Completes when the condition holds; cancel it to wait no longer. */
    public CompletableFuture<WaitResult> await(String container, WaitCondition condition) {
        return lifecycle.await(index.find(container), condition);
    }

    /** Removes a container with its changes and its logs, and where asked its anonymous volumes. */
    public void remove(String container, RemoveRequest request) {
        lifecycle.remove(index.find(container), request.force(), request.volumes());
    }

    /** Removes a link by its name, {@code client/alias}; both containers stay. */
    public void removeLink(String name) {
        networking.unlink(name);
    }

    /** Removes all that do not run and fit the filters ({@code label}, {@code until}). */
    public PrunedContainers prune(Map<String, List<String>> filters) {
        ContainerFilter filter = ContainerFilter.pruning(filters, index);
        List<String> removed = new ArrayList<>();
        long reclaimed = 0;
        for (Container container : index.all()) {
            Status status = container.state().status();
            if ((status == Status.CREATED || status == Status.EXITED || status == Status.DEAD)
                    && filter.test(container)) {
                try {
                    long bytes = files.size(container.id());
                    lifecycle.remove(container, false, false);
                    removed.add(container.id());
                    reclaimed += bytes;
                } catch (EngineException e) {
                    if (e.kind() != EngineException.Kind.CONFLICT && e.kind() != EngineException.Kind.NOT_FOUND) {
                        throw e;
                    } // somebody has started or removed it meanwhile
                }
            }
        }
        facilities.events().publish(Event.Type.CONTAINER, "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
        return new PrunedContainers(removed, reclaimed);
    }

    public void rename(String container, String newName) {
        Container target = index.find(container);
        if (newName.isEmpty()) {
            throw EngineException.invalid("Neither old nor new names may be empty");
        }
        String name = Names.check(newName);
        target.lock();
        try {
            String oldName = target.name();
            if (oldName.equals(name)) {
                throw EngineException.invalid("Renaming a container with the same name as its current name");
            }
            index.rename(oldName, name, target.id());
            target.rename(name);
            networking.renamed(target);
            target.publish("rename", "oldName", "/" + oldName);
        } finally {
            target.unlock();
        }
    }

    /** Puts a container on a network, at once where it runs; see {@link dev.berth.engine.network.Networks}. */
    public void connect(String container, String network, EndpointConfig asked) {
        networking.connect(index.find(container), network, asked);
    }

    /** Takes a container from a network, at once where it runs. */
    public void disconnect(String container, String network) {
        networking.disconnect(index.find(container), network);
    }

    /** The youngest first, each told as it is taken: a list of thousands need not be in memory. */
    public Stream<ContainerInspection> list(ListQuery query) {
        ContainerFilter filter = ContainerFilter.listing(query.filters(), index, this::imageId);
        boolean all = query.all() || query.limit().isPresent() || filter.asksForStopped();
        List<Container> youngestFirst = index.all().stream()
                .filter(container -> (all || container.state().isRunning()) && filter.test(container))
                .sorted(Comparator.comparing(
                                (Container container) -> container.snapshot().created())
                        .reversed())
                .limit(query.limit().orElse(0) > 0 ? query.limit().getAsInt() : Long.MAX_VALUE)
                .toList(); // a stream that sorts gives all at once to whoever iterates over it
        Map<String, List<String>> linkNames = networking.linkNames();
        return youngestFirst.stream()
                .map(container ->
                        Inspections.of(container, linkNames.getOrDefault(container.id(), List.of()), List.of(), false));
    }

    public ContainerInspection inspect(String container) {
        Container found = index.find(container);
        List<String> linkNames = networking.linkNames().getOrDefault(found.id(), List.of());
        return networking.shown(Inspections.of(found, linkNames, execs.idsOf(found.id()), true), found);
    }

    /** Attaches, before the start as well. The sink's calls begin at once; its end comes with the container's. */
    public Attachment attach(String container, AttachRequest request, OutputSink sink) {
        Container target = index.find(container);
        if (request.stream() && target.state().status() == Status.PAUSED) {
            throw EngineException.conflict(
                    "Container " + target.id() + " is paused, unpause the container before attach.");
        }
        if (request.stream() && target.state().status() == Status.RESTARTING) {
            throw EngineException.conflict(
                    "Container " + target.id() + " is restarting, wait until the container is running");
        }
        boolean past = request.logs() && target.log().options().isReadable();
        target.publish("attach");
        if (!request.stream()) {
            if (past) {
                return LogReading.start(target.log(), pastQuery(request), sink);
            }
            return Replay.ofNothing(sink);
        }
        ProcessStreams.Wish wish = new ProcessStreams.Wish(request.stdin(), request.stdout(), request.stderr());
        return past
                ? attachAfterPast(target, request, wish, sink)
                : target.streams().attach(wish, sink);
    }

    /** A client has left by its detach keys: events tell it. Nothing where the container is gone by now. */
    public void tellDetached(String container) {
        index.withId(container).ifPresent(target -> target.publish("detach"));
    }

    private Attachment attachAfterPast(
            Container target, AttachRequest request, ProcessStreams.Wish wish, OutputSink sink) {
        Replay replay = new Replay(sink);
        Attachment live = target.streams()
                .attachAfter(
                        () -> {
                            LogMark now = target.log().mark();
                            replay.past(LogReading.upTo(now, target.log(), pastQuery(request), replay));
                            return replay.told();
                        },
                        wish,
                        sink);
        replay.live(live);
        return replay;
    }

    private static LogQuery pastQuery(AttachRequest request) {
        LogQuery all = LogQuery.ALL;
        return new LogQuery(
                request.stdout(), request.stderr(), false, all.since(), all.until(), all.tail(), false, false);
    }

    /** Tells the terminal's size; before the start, it is what the terminal starts with. */
    public void resize(String container, WindowSize size) {
        checkSize(size);
        Container target = index.find(container);
        target.windowSize(size);
        target.run().ifPresent(run -> run.process().resize(size));
        target.publish("resize", "height", Integer.toString(size.rows()), "width", Integer.toString(size.columns()));
    }

    /** The processes; the arguments are those of ps(1), of which the common ones are known. */
    public ProcessTable top(String container, Optional<String> psArguments) {
        Container target = index.find(container);
        Run run = Lifecycle.running(target, "");
        try {
            ProcessTable table = ProcessListing.of(run.sandbox().pids(), psArguments);
            target.publish("top");
            return table;
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        }
    }

    public ContainerStats stats(String container) {
        Container target = index.find(container);
        lifecycle.require(target, Capability.STATS, "tell what a container uses");
        Optional<Stats> usage = target.run().flatMap(run -> usage(target, run));
        return new ContainerStats(
                target.id(),
                target.name(),
                Instant.now(),
                usage,
                target.run().map(run -> traffic(target, run)).orElse(Map.of()),
                HostFacts.cpuNanos(),
                Runtime.getRuntime().availableProcessors(),
                HostFacts.memoryBytes());
    }

    /** Reads the log into the sink, in the background. */
    public Attachment logs(String container, LogQuery query, OutputSink sink) {
        if (!query.stdout() && !query.stderr()) {
            throw EngineException.invalid("Bad parameters: you must choose at least one stream");
        }
        Container target = index.find(container);
        return LogReading.start(target.log(), query, sink);
    }

    /** The containers of an image, the oldest first. */
    public List<ImageUser> usersOf(Image image) {
        String imageId = image.id().toString();
        return index.all().stream()
                .filter(container -> container.snapshot().imageId().equals(imageId))
                .sorted(Comparator.comparing(container -> container.snapshot().created()))
                .map(container ->
                        new ImageUser(container.id(), container.state().isRunning()))
                .toList();
    }

    /** How many containers, running or not, are made of the image with this id. */
    public int countOf(String imageId) {
        return (int) index.all().stream()
                .filter(container -> container.snapshot().imageId().equals(imageId))
                .count();
    }

    /** How many containers run, are paused, and do neither. */
    public Census census() {
        int running = 0;
        int paused = 0;
        int stopped = 0;
        for (Container container : index.all()) {
            switch (container.state().status()) {
                case RUNNING, RESTARTING -> running++;
                case PAUSED -> paused++;
                case CREATED, EXITED, REMOVING, DEAD -> stopped++;
            }
        }
        return new Census(running, paused, stopped);
    }

    /** Numbers of containers. */
    public record Census(int running, int paused, int stopped) {}

    /** Leaves all that run to an engine that comes later. Nothing is started or restarted by this one any more. */
    public void leave() {
        lifecycle.closing();
        index.all().forEach(lifecycle::leave);
    }

    /** Stops all that run, each with its own signal and timeout. Nothing is restarted any more. */
    @Override
    public void close() {
        lifecycle.closing();
        List<Thread> stopping = new ArrayList<>();
        for (Container container : index.all()) {
            if (container.state().isRunning()) {
                stopping.add(Thread.ofVirtual().start(() -> stopForClose(container)));
            }
        }
        stopping.forEach(OwnThread::awaitEnd);
    }

    private void stopForClose(Container container) {
        try {
            lifecycle.stop(container, StopRequest.DEFAULT);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_MODIFIED) {
                facilities.log().log(
                        System.Logger.Level.WARNING, "stopping " + container + " failed: " + e.getMessage());
            }
        }
    }

    /** @throws EngineException INVALID for what no terminal can have */
    static void checkSize(WindowSize size) {
        if (size.rows() < 0
                || size.columns() < 0
                || size.rows() > Limits.WINDOW_CELLS
                || size.columns() > Limits.WINDOW_CELLS) {
            throw EngineException.invalid(
                    "a terminal cannot have " + size.rows() + " rows and " + size.columns() + " columns");
        }
    }

    private static Optional<Stats> usage(Container container, Run run) {
        try {
            return Optional.of(run.sandbox().stats());
        } catch (LevelException e) {
            if (container.state().hasProcess()) {
                throw LevelFailures.translate(e);
            }
            return Optional.empty(); // it has ended just now
        }
    }

    private Map<String, InterfaceTraffic> traffic(Container container, Run run) {
        try {
            List<String> interfaces = networking.holder(container).snapshot().network().endpoints().stream()
                    .map(Endpoint::interfaceName)
                    .toList();
            return interfaces.isEmpty()
                    ? Map.of()
                    : InterfaceTraffic.of(run.process().pid(), interfaces);
        } catch (EngineException e) {
            return Map.of(); // whose interfaces they were is gone
        } catch (IOException e) {
            if (container.state().hasProcess()) {
                throw EngineException.failed("read the network figures of " + container + ": " + e.getMessage(), e);
            }
            return Map.of(); // it has ended just now
        }
    }

    private Optional<String> imageId(String name) {
        try {
            return Optional.of(facilities.images().find(name).id().toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
