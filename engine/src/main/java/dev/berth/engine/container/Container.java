package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.event.Event;
import dev.berth.engine.log.ContainerLog;
import dev.berth.engine.log.LogOptions;
import dev.berth.engine.log.LogSource;
import dev.berth.engine.log.RunOutput;
import dev.berth.engine.network.ContainerNetwork;
import dev.berth.engine.network.NetworkPlace;
import dev.berth.engine.network.NetworkState;
import dev.berth.engine.spec.Environment;
import dev.berth.engine.spec.NetworkFiles;
import dev.berth.engine.spec.SandboxPlan;
import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.StateWriter;
import dev.berth.engine.stream.OutputSink;
import dev.berth.engine.stream.ProcessStreams;
import dev.berth.level.Platform;
import dev.berth.level.ProcessOutput;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.WindowSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One container: what it is, its state, and what hangs on it. Whoever changes its state holds its lock; reading needs
 * none. What may be done to it when, {@link Lifecycle} knows.
 */
final class Container implements StateWriter.Saved, RunOutput {
    private static final int SHORT_ID_CHARS = 12;

    private final Facilities facilities;
    private final StateFile file;
    private final ContainerRoot root;
    private final ContainerLog log;
    private final ProcessStreams streams;
    private final Waiters waiters = new Waiters();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile ContainerRecord record;
    private volatile @Nullable SandboxPlan plan;
    private volatile Optional<Run> run = Optional.empty();
    private volatile WindowSize windowSize;
    private volatile Restarts restarts = Restarts.NONE;
    private volatile Optional<ContainerNetwork> network = Optional.empty();
    private volatile List<String> linked = List.of();
    /** Variables that are in no record. */
    private volatile List<String> undisclosed = List.of();

    private volatile boolean unwritten;

    /** What there is while it runs; the future completes when it has ended and its state says so. */
    record Run(Sandbox sandbox, SandboxProcess process, CompletableFuture<Void> over) {}

    Container(Facilities facilities, ContainerRecord record, StateFile file, ContainerRoot root) {
        this.facilities = facilities;
        this.record = record;
        this.file = file;
        this.root = root;
        this.log = ContainerLog.in(
                directory(),
                LogOptions.of(record.hostConfig().logConfig()),
                this::logSource,
                facilities.jsonb(),
                facilities.log());
        ContainerConfig config = record.config();
        this.streams = new ProcessStreams(
                log::take,
                !config.openStdin()
                        ? ProcessStreams.Input.NONE
                        : config.stdinOnce() ? ProcessStreams.Input.ONCE : ProcessStreams.Input.OPEN);
        List<Integer> size = record.hostConfig().consoleSize();
        this.windowSize = size.size() == 2 ? new WindowSize(size.get(0), size.get(1)) : WindowSize.UNKNOWN;
    }

    String id() {
        return record.id();
    }

    String shortId() {
        return shortId(record.id());
    }

    static String shortId(String id) {
        return id.substring(0, SHORT_ID_CHARS);
    }

    String name() {
        return record.name();
    }

    ContainerConfig config() {
        return record.config();
    }

    HostConfig hostConfig() {
        return record.hostConfig();
    }

    ContainerRecord snapshot() {
        return record;
    }

    State state() {
        return record.state();
    }

    Platform platform() {
        return new Platform(record.os(), record.architecture(), record.variant());
    }

    ContainerRoot root() {
        return root;
    }

    ContainerLog log() {
        return log;
    }

    ProcessStreams streams() {
        return streams;
    }

    Waiters waiters() {
        return waiters;
    }

    Optional<Run> run() {
        return run;
    }

    Optional<Health> health() {
        return record.health();
    }

    /** Notes what a probe says; it outlasts this process. */
    void health(Optional<Health> newHealth) {
        lock();
        try {
            if (!newHealth.equals(record.health())) {
                record = record.with(newHealth);
                keep();
            }
        } finally {
            unlock();
        }
    }

    WindowSize windowSize() {
        return windowSize;
    }

    void windowSize(WindowSize size) {
        windowSize = size;
    }

    Restarts restarts() {
        return restarts;
    }

    void restarts(Restarts newRestarts) {
        restarts = newRestarts;
    }

    Path directory() {
        return facilities.containers().resolve(record.id());
    }

    Path sandboxDirectory() {
        return facilities.sandboxes().resolve(record.id());
    }

    /** Where the log says how far a run's output is kept. */
    Path logPosition() {
        return sandboxDirectory().resolve("log-position");
    }

    @Override
    public void ready() {
        streams.logReady();
    }

    @Override
    public void kept(OutputSink.Stream stream, long position) {
        run.ifPresent(running -> running.process().kept(ProcessOutput.Stream.valueOf(stream.name()), position));
    }

    private LogSource logSource() {
        ContainerConfig config = record.config();
        return new LogSource(
                record.id(),
                record.name(),
                Stream.concat(config.entrypoint().stream(), config.cmd().stream())
                        .toList(),
                config.image(),
                record.imageId(),
                config.env(),
                config.labels());
    }

    NetworkFiles networkFiles() {
        return new NetworkFiles(directory());
    }

    /**
     * What a level will be told.
     *
     * @throws dev.berth.engine.error.EngineException where the host has changed, and it is not good any more
     */
    SandboxPlan plan() {
        SandboxPlan known = plan;
        if (known == null) {
            known = SandboxPlan.of(record.config(), record.hostConfig(), NetworkingConfig.NONE);
            plan = known;
        }
        return known;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Enters a state, which outlasts this process from now on, and a power loss soon. */
    void enter(State state) {
        requireLocked();
        record = record.with(record.name(), state);
        keep();
    }

    /** What can't be written now, on a full disk, is tried again with what is to outlast a power loss. */
    private void keep() {
        try {
            write();
        } catch (IOException e) {
            unwritten = true;
        }
        facilities.writer().later(this);
    }

    /** Has a run that was taken up; the state is as it was. */
    void run(Optional<Run> takenUp) {
        requireLocked();
        run = takenUp;
    }

    /** Begins or ends a run, with the state that goes with it. */
    void enter(State state, Optional<Run> newRun) {
        run = newRun;
        enter(state);
    }

    void rename(String newName) {
        requireLocked();
        record = record.with(newName, record.state());
        keep();
    }

    /** Its volumes stay when it goes, whatever they are; a matter of the state that is entered next. */
    void keepVolumes() {
        requireLocked();
        record = record.with(
                record.inherited(),
                record.volumes().stream().map(VolumeMount::kept).toList());
    }

    /** Has volumes instead of what an older version kept in its directory; written at once. */
    void takeVolumes(List<InheritedVolume> inherited, List<VolumeMount> volumes) throws IOException {
        record = record.with(inherited, volumes);
        write();
    }

    /** Where a volume's files are told to be. */
    Path mountpoint(VolumeMount mount) {
        return facilities.volumes().mountpoint(mount.volume());
    }

    /** Gives it other limits or another policy. */
    void reconfigure(HostConfig newHostConfig) {
        requireLocked();
        record = record.with(newHostConfig);
        plan = null;
        keep();
    }

    /** Writes the state at once, so that it outlasts this process. */
    void write() throws IOException {
        file.write(json());
        unwritten = false;
    }

    private byte[] json() {
        return facilities.jsonb().type(ContainerRecord.class).toJson(record).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the file of state says what its state is. The lock is held. */
    boolean isOnDisk() throws IOException {
        requireLocked();
        return file.isLast(json());
    }

    @Override
    public void save() throws IOException {
        if (unwritten) {
            write();
        }
        file.settle();
    }

    /** Removes its state, so that it is no more; its files go in the background. */
    void delete() throws IOException {
        facilities.writer().forget(this);
        file.delete();
        facilities.sweeper().sweep(record.id(), directory(), sandboxDirectory());
    }

    /** What it has of networks while it runs; empty where it has none of its own. */
    Optional<ContainerNetwork> network() {
        return network;
    }

    /** The environment of its processes. */
    List<String> environment() {
        return Environment.over(Environment.ofProcess(record.config(), linked), undisclosed);
    }

    /** Has these variables too, as long as this engine lives. */
    void undisclosed(List<String> variables) {
        requireLocked();
        undisclosed = List.copyOf(variables);
    }

    /** Has these variables from now on, of those that it is linked with. */
    void linked(List<String> variables) {
        requireLocked();
        linked = List.copyOf(variables);
    }

    /** Has a network, whose state goes with the state that is entered next. */
    void network(Optional<ContainerNetwork> newNetwork) {
        requireLocked();
        network = newNetwork;
        record = record.with(
                record.networks(), newNetwork.map(ContainerNetwork::state).orElse(NetworkState.NONE));
    }

    /** Is to be on other networks from now on; what it has of them now is written down with that. */
    void networks(Map<String, EndpointConfig> networks) {
        requireLocked();
        record = record.with(networks, network.map(ContainerNetwork::state).orElse(NetworkState.NONE));
        keep();
    }

    /** The mode that is in effect. */
    String networkMode() {
        return record.config().networkDisabled() ? "none" : record.hostConfig().networkMode();
    }

    /** The networks that it is on, or will be. */
    List<NetworkPlace> places() {
        String mode = networkMode();
        return mode.equals("none") || mode.equals("host")
                ? List.of(facilities.networks().predefinedPlace(mode))
                : facilities.networks().places(record.networks(), record.network());
    }

    /** Tells that the host's network has it or that none has, or does no more. */
    void publishNetwork(String action) {
        String mode = networkMode();
        if (mode.equals("none") || mode.equals("host")) {
            facilities.networks().publishPredefined(action, mode, record.id());
        }
    }

    /** Tells of something that happened to it; names and values of further attributes alternate. */
    void publish(String action, String... attributes) {
        Map<String, String> all = new LinkedHashMap<>(record.config().labels());
        all.put("image", record.config().image());
        all.put("name", record.name());
        for (int i = 0; i + 1 < attributes.length; i += 2) {
            all.put(attributes[i], attributes[i + 1]);
        }
        facilities.events().publish(Event.Type.CONTAINER, action, record.id(), all);
    }

    @Override
    public String toString() {
        return "container " + shortId() + " (" + name() + ")";
    }

    private void requireLocked() {
        if (!lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("the state of " + this + " is changed without its lock");
        }
    }
}
