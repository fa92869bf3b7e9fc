package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcException;
import dev.berth.api.grpc.GrpcServer;
import dev.berth.api.http.Exchange;
import dev.berth.build.Builder;
import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheEntry;
import dev.berth.build.cache.CacheFilter;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** BuildKit's Control service, and the gateway over which its clients steer builds: what buildx speaks. */
public final class Control {
    private static final String SERVICE = "moby.buildkit.v1.Control/";
    private static final String GATEWAY = "moby.buildkit.v1.frontend.LLBBridge/";
    private static final String BUILD_ID = "buildkit-controlapi-buildid";
    /** How long a call about a build waits for the one that asks for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** What the gateway can do, of what its clients ask for. */
    private static final List<String> CAPABILITIES = List.of("solve.base", "return", "proto.refarray");
    /** The same of what is built. */
    private static final List<String> BUILD_CAPABILITIES = List.of("exporter.image.attestations");

    private final Builders builders;
    private final Sessions sessions;
    private final String version;
    private final ConcurrentMap<String, CompletableFuture<Solve>> solves = new ConcurrentHashMap<>();

    /** Where the engine's builder comes from; it is opened with its first use. */
    @FunctionalInterface
    public interface Builders {
        Builder builder() throws IOException;
    }

    public Control(Builders builders, Sessions sessions, String version) {
        this.builders = builders;
        this.sessions = sessions;
        this.version = version;
    }

    /**
     * Serves on a connection as long as it lasts.
     *
     * @throws EngineException INVALID where the request asks for something else
     */
    public void serve(Exchange exchange) throws IOException {
        String protocol = exchange.request().header("upgrade").orElse("");
        if (!protocol.equals("h2c")) {
            throw EngineException.invalid(
                    protocol.isEmpty() ? "no upgrade proto in request" : "protocol " + protocol + " not supported");
        }
        exchange.document();
        Map<String, GrpcServer.Method> methods = Map.ofEntries(
                Map.entry(SERVICE + "Info", this::info),
                Map.entry(SERVICE + "ListWorkers", this::listWorkers),
                Map.entry(SERVICE + "Solve", this::solve),
                Map.entry(SERVICE + "Status", this::status),
                Map.entry(SERVICE + "DiskUsage", this::diskUsage),
                Map.entry(SERVICE + "Prune", this::prune),
                Map.entry(GATEWAY + "Ping", Control::ping),
                Map.entry(GATEWAY + "Solve", this::solveWithin),
                Map.entry(GATEWAY + "Return", this::returned),
                Map.entry("grpc.health.v1.Health/Check", Control::health));
        exchange.handOver("h2c", channel -> GrpcServer.on(channel, methods));
    }

    private static void health(GrpcCall call) throws IOException {
        call.receiveOne();
        call.send(new MessageWriter().number(1, 1).toBytes());
    }

    private void info(GrpcCall call) throws IOException {
        call.receiveOne();
        call.send(new MessageWriter().message(1, version()).toBytes());
    }

    private MessageWriter version() {
        return new MessageWriter().text(1, "berth").text(2, version);
    }

    private void listWorkers(GrpcCall call) throws IOException {
        call.receiveOne();
        Platform host = Platform.host();
        MessageWriter platform = new MessageWriter()
                .text(1, host.architecture())
                .text(2, host.os())
                .text(3, host.variant());
        MessageWriter worker = new MessageWriter()
                .text(1, "berth")
                .map(
                        2,
                        Map.of(
                                "org.mobyproject.buildkit.worker.executor",
                                "berth",
                                // By this buildx knows a store of images for several platforms, and a worker that
                                // pushes.
                                "org.mobyproject.buildkit.worker.snapshotter",
                                "overlayfs"))
                .message(3, platform)
                .message(5, version());
        call.send(new MessageWriter().message(1, worker).toBytes());
    }

    private void solve(GrpcCall call) throws IOException, InterruptedException {
        Solve solve = new Solve(SolveRequest.read(call.receiveOne()));
        String ref = solve.request().ref();
        if (!solves.computeIfAbsent(ref, _ -> new CompletableFuture<>()).complete(solve)) {
            throw new GrpcException(GrpcException.Code.ALREADY_EXISTS, "there is a build " + ref + " already");
        }
        try {
            call.send(new MessageWriter().map(1, result(solve)).toBytes());
        } finally {
            solve.status().end();
            Thread.ofVirtual().name("build's end").start(() -> {
                solve.status().awaitWatcher();
                solves.remove(ref);
            });
        }
    }

    private Map<String, String> result(Solve solve) throws IOException, InterruptedException {
        switch (solve.request().frontend()) {
            case "" -> {
                return solve.await();
            }
            case Solve.FRONTEND ->
                solve.run(builders.builder(), sessions, solve.request().options());
            default ->
                throw SolveRequest.unsupported("the frontend " + solve.request().frontend());
        }
        return solve.result();
    }

    private void status(GrpcCall call) throws IOException, InterruptedException {
        StatusQueue status = find(Optional.of(field(call.receiveOne(), 1))).status();
        status.watch();
        try {
            for (Optional<byte[]> next = status.take(); next.isPresent(); next = status.take()) {
                call.send(next.get());
            }
        } finally {
            status.forsake();
        }
    }

    private static String field(byte[] message, int wanted) throws GrpcException {
        MessageReader in = new MessageReader("the request", message);
        String value = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            value = field == wanted ? in.text() : value;
        }
        return value;
    }

    /** A build that was asked for, or is about to be. */
    private Solve find(Optional<String> ref) throws GrpcException, InterruptedException {
        String name = ref.orElse("");
        CompletableFuture<Solve> coming = solves.computeIfAbsent(name, _ -> new CompletableFuture<>());
        try {
            return coming.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            solves.remove(name, coming);
            throw new GrpcException(GrpcException.Code.NOT_FOUND, "there is no build " + name);
        }
    }

    private static void ping(GrpcCall call) throws IOException {
        call.receiveOne();
        MessageWriter pong = new MessageWriter();
        CAPABILITIES.forEach(
                name -> pong.message(1, new MessageWriter().text(1, name).flag(2, true)));
        BUILD_CAPABILITIES.forEach(
                name -> pong.message(2, new MessageWriter().text(1, name).flag(2, true)));
        call.send(pong.toBytes());
    }

    /**
     * The client asks over the gateway for what its build is made of, a Dockerfile, for which it has the options; or for what is to
     * be said of that.
     */
    private void solveWithin(GrpcCall call) throws IOException, InterruptedException {
        GatewayRequest request = GatewayRequest.read(call.receiveOne());
        Solve solve = find(call.metadata(BUILD_ID));
        Map<String, String> said = solve.run(builders.builder(), sessions, request.options());
        MessageWriter result = new MessageWriter();
        if (said.isEmpty()) {
            result.message(3, new MessageWriter().text(1, solve.request().ref()));
        }
        call.send(new MessageWriter().message(3, result.map(10, said)).toBytes());
    }

    private void returned(GrpcCall call) throws IOException, InterruptedException {
        Optional<GrpcException> failure = GatewayRequest.failure(call.receiveOne());
        Solve solve = find(call.metadata(BUILD_ID));
        failure.ifPresentOrElse(solve::fail, solve::complete);
        call.send(new byte[0]);
    }

    private void diskUsage(GrpcCall call) throws IOException {
        MessageReader in = new MessageReader("the request", call.receiveOne());
        List<String> expressions = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                expressions.add(in.text());
            }
        }
        CacheFilter filter = filter(expressions);
        MessageWriter usage = new MessageWriter();
        builders.builder().list().stream().filter(filter::means).forEach(entry -> usage.message(1, view(entry)));
        call.send(usage.toBytes());
    }

    private void prune(GrpcCall call) throws IOException {
        MessageReader in = new MessageReader("the request", call.receiveOne());
        boolean all = false;
        List<String> expressions = new ArrayList<>();
        Duration unused = Duration.ZERO;
        long reserved = 0;
        long mostUsed = 0;
        long leastFree = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> expressions.add(in.text());
                case 2 -> all = in.flag();
                case 3 -> unused = Duration.ofNanos(in.number());
                case 4 -> reserved = Math.max(in.number(), 0);
                case 5 -> mostUsed = Math.max(in.number(), 0);
                case 6 -> leastFree = Math.max(in.number(), 0);
                default -> {}
            }
        }
        CacheFilter filter = filter(expressions);
        if (unused.isPositive()) {
            filter = filter.before(Instant.now().minus(unused));
        }
        CacheBounds bounds = new CacheBounds(reserved, mostUsed, leastFree);
        for (CacheEntry entry : builders.builder().prune(filter, all, bounds).deleted()) {
            call.send(view(entry).toBytes());
        }
    }

    private static CacheFilter filter(List<String> expressions) throws GrpcException {
        try {
            return CacheFilter.parse(
                    expressions.stream().filter(each -> !each.isEmpty()).toList());
        } catch (EngineException e) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    private static MessageWriter view(CacheEntry entry) {
        return new MessageWriter()
                .text(1, entry.id())
                .flag(2, entry.type() == CacheEntry.Type.MOUNT)
                .flag(3, entry.inUse())
                .number(4, entry.bytes())
                .time(6, entry.created())
                .time(7, entry.lastUsed())
                .number(8, entry.uses())
                .text(9, entry.description())
                .text(10, entry.type().word())
                .flag(11, entry.shared());
    }
}
