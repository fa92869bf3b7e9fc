package dev.berth.engine;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.ExecConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.container.AttachRequest;
import dev.berth.engine.container.CreateRequest;
import dev.berth.engine.container.ListQuery;
import dev.berth.engine.container.RemoveRequest;
import dev.berth.engine.container.WaitCondition;
import dev.berth.engine.container.WaitResult;
import dev.berth.engine.log.LogQuery;
import dev.berth.image.ImageOptions;
import dev.berth.level.os.OsLevelProvider;
import dev.berth.testing.BusyboxTree;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An engine over a busybox tree, with requests as short as a test wants them. */
public final class Box implements AutoCloseable {
    private static final Jsonb JSON = Jsonb.builder().build();

    private final Path directory;
    private final Path tree;
    private final boolean liveRestore;
    private Engine engine;

    public Box(Path directory) throws IOException {
        this(directory, false);
    }

    /** @param liveRestore whether containers outlive an engine */
    public Box(Path directory, boolean liveRestore) throws IOException {
        this.directory = directory;
        this.liveRestore = liveRestore;
        this.tree = BusyboxTree.make(directory.resolve("tree"));
        this.engine = open(directory.resolve("data"));
    }

    public Engine engine() {
        return engine;
    }

    public Path dataRoot() {
        return directory.resolve("data");
    }

    /** The tree that containers are made of. */
    public Path tree() {
        return tree;
    }

    /** One more engine, over another data root. */
    public Engine open(Path dataRoot) {
        return Engine.open(new EngineOptions(
                dataRoot,
                directory.resolve("exec-" + dataRoot.getFileName()),
                List.of(),
                ImageOptions.DEFAULT,
                List.of(new OsLevelProvider()),
                "os",
                liveRestore,
                new LogConfig("", Map.of()),
                System.getLogger("dev.berth.test")));
    }

    /** Opens another engine over the data root, once the one before is closed. */
    public void restart() {
        engine = open(dataRoot());
    }

    /** Closes the engine and opens another over the same data root. */
    public void reopen() {
        engine.close();
        restart();
    }

    /** A container of the busybox tree; the configurations are members of Docker's JSON. */
    public CreateRequest request(String config, String host) {
        String tail = host.isEmpty() ? "" : "," + host;
        return new CreateRequest(
                Optional.empty(),
                Optional.empty(),
                JSON.type(ContainerConfig.class).fromJson("{" + config + "}"),
                JSON.type(HostConfig.class)
                        .fromJson("{\"NetworkMode\":\"none\",\"Rootfs\":\"" + tree + "\"" + tail + "}"),
                NetworkingConfig.NONE);
    }

    public String create(String config, String host) {
        return engine.containers().create(request(config, host)).id();
    }

    /** A container that runs a shell script. */
    public String shell(String script) {
        return create(command(script), "");
    }

    /** The member of a configuration that runs a shell script. */
    public static String command(String script) {
        return "\"Cmd\":[\"sh\",\"-c\"," + JSON.type(String.class).toJson(script) + "]";
    }

    public static ExecConfig exec(String members) {
        return JSON.type(ExecConfig.class).fromJson("{" + members + "}");
    }

    public Taken attach(String container) {
        Taken taken = new Taken();
        taken.attachment(
                engine.containers().attach(container, new AttachRequest(true, true, true, false, true), taken));
        return taken;
    }

    /** All that the log has. */
    public Taken logs(String container, LogQuery query) {
        Taken taken = new Taken();
        taken.attachment(engine.containers().logs(container, query, taken));
        return taken;
    }

    public WaitResult await(String container) throws Exception {
        return soon(engine.containers().await(container, WaitCondition.NOT_RUNNING));
    }

    /** Runs to the end; gives the exit code. */
    public int run(String container) throws Exception {
        engine.containers().start(container);
        return await(container).exitCode();
    }

    public void remove(String container) {
        engine.containers().remove(container, RemoveRequest.FORCE);
    }

    public String status(String container) {
        return engine.containers().inspect(container).state().status();
    }

    /** What a future completes with; a test that waits for ever fails instead. */
    public static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    /** What is left of containers in the data root once the engine has been closed. */
    public List<Path> leftovers() throws IOException {
        engine.close();
        List<Path> left = new ArrayList<>();
        for (String directory : List.of("containers", "containers-fs")) {
            try (var entries = Files.list(dataRoot().resolve(directory))) {
                entries.forEach(left::add);
            }
        }
        engine = open(dataRoot());
        return left;
    }

    /** Ends everything at once: a shell as the first process takes no notice of a gentle signal. */
    @Override
    public void close() {
        engine.containers().list(ListQuery.RUNNING).toList().forEach(container -> remove(container.id()));
        engine.close();
    }
}
