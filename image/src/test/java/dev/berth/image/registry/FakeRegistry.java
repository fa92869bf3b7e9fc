package dev.berth.image.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.image.oci.ImageIndex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** A registry on loopback that a test can make lie, break off and refuse. Serves one repository, {@code x}. */
final class FakeRegistry implements AutoCloseable {
    /** A way to answer that stands in for the honest one; true if it has answered. */
    interface Behaviour {
        boolean answer(HttpExchange exchange) throws IOException;
    }

    /** A request as it came. */
    record Request(String method, String target, Map<String, List<String>> headers) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name)).map(List::getFirst);
        }
    }

    private record Stored(String mediaType, byte[] bytes) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Stored> stored = new ConcurrentHashMap<>();
    private final List<Behaviour> behaviours = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private FakeRegistry(HttpServer server) {
        this.server = server;
    }

    static FakeRegistry start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        FakeRegistry registry = new FakeRegistry(server);
        server.setExecutor(registry.threads);
        server.createContext("/", registry::handle);
        server.start();
        return registry;
    }

    String domain() {
        return "localhost:" + server.getAddress().getPort();
    }

    /** The same registry under its address: another host to a client. */
    String otherDomain() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Takes an image in under a tag. */
    void add(String tag, TestImage image) {
        addAs("x", tag, image);
    }

    /** Takes an image in under a tag of another repository. */
    void addAs(String repository, String tag, TestImage image) {
        String root = "/v2/" + repository;
        put(
                root + "/manifests/" + tag,
                image.manifest().mediaType(),
                image.manifest().raw().bytes());
        put(
                root + "/manifests/" + image.manifest().raw().digest(),
                image.manifest().mediaType(),
                image.manifest().raw().bytes());
        put(root + "/blobs/" + image.manifest().config().digest(), "application/octet-stream", image.config());
        for (int i = 0; i < image.layers().size(); i++) {
            put(
                    root + "/blobs/" + image.layer(i),
                    "application/octet-stream",
                    image.layers().get(i));
        }
    }

    void add(String tag, ImageIndex index) {
        put("/v2/x/manifests/" + tag, index.mediaType(), index.raw().bytes());
    }

    static String blob(TestImage image, int layer) {
        return "/v2/x/blobs/" + image.layer(layer);
    }

    void put(String path, String mediaType, byte[] bytes) {
        stored.put(path, new Stored(mediaType, bytes));
    }

    /** Adds a behaviour; the first that answers counts. */
    void on(Behaviour behaviour) {
        behaviours.add(behaviour);
    }

    /** Adds a behaviour for one path. */
    void on(String path, Behaviour behaviour) {
        on(exchange -> exchange.getRequestURI().getPath().equals(path) && behaviour.answer(exchange));
    }

    /** Forgets all behaviours. */
    void behave() {
        behaviours.clear();
    }

    List<Request> requests(String path) {
        return requests.stream()
                .filter(request -> request.target.equals(path) || request.target.startsWith(path + "?"))
                .toList();
    }

    List<Request> requestsOf(String method) {
        return requests.stream()
                .filter(request -> request.method.equals(method))
                .toList();
    }

    /** An answer with a body. */
    static boolean send(HttpExchange exchange, int status, String body) throws IOException {
        return send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    static boolean send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        boolean bodiless = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, bodiless ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes, 0, bodiless ? 0 : bytes.length);
        return true;
    }

    /** An answer that announces all bytes, but breaks off after some, once the client has written them down. */
    static boolean sendSome(HttpExchange exchange, byte[] bytes, int some, Path ingests) throws IOException {
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes, 0, some);
        exchange.getResponseBody().flush();
        awaitIngest(ingests, some);
        throw new IOException("broken off for the test");
    }

    /** Waits until a client has written so many bytes of a blob down. */
    static void awaitIngest(Path ingests, int some) throws IOException {
        Instant end = Instant.now().plus(Duration.ofSeconds(30));
        while (largest(ingests) < some && Instant.now().isBefore(end)) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private static long largest(Path directory) throws IOException {
        long largest = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                largest = Math.max(largest, Files.size(file));
            }
        }
        return largest;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Map.copyOf(exchange.getRequestHeaders())));
            for (Behaviour behaviour : behaviours) {
                if (behaviour.answer(exchange)) {
                    return;
                }
            }
            answerHonestly(exchange);
        }
    }

    private void answerHonestly(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Stored found = stored.get(path);
        if (path.equals("/v2/")) {
            send(exchange, 200, "{}");
        } else if (found == null) {
            send(exchange, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
        } else {
            exchange.getResponseHeaders().set("Content-Type", found.mediaType);
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (range != null) {
                exchange.getResponseHeaders()
                        .set(
                                "Content-Range",
                                "bytes " + from + "-" + (found.bytes.length - 1) + "/" + found.bytes.length);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, found.bytes.length - from);
            exchange.getResponseBody().write(found.bytes, from, found.bytes.length - from);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
