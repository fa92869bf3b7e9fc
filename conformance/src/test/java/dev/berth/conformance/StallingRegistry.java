package dev.berth.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** In front of another registry: passes everything on, but stands still in the middle of every larger blob. */
final class StallingRegistry implements AutoCloseable {
    private static final int FIRST_BYTES = 256 << 10;

    private final HttpServer server;
    private final String behind;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private StallingRegistry(HttpServer server, String behind) {
        this.server = server;
        this.behind = behind;
    }

    /** @param behind the other's domain */
    static StallingRegistry start(String behind) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        StallingRegistry registry = new StallingRegistry(server, behind);
        server.setExecutor(registry.threads);
        server.createContext("/", registry::handle);
        server.start();
        return registry;
    }

    String domain() {
        return "localhost:" + server.getAddress().getPort();
    }

    /** Waits until a blob stands still. */
    void awaitStall() throws InterruptedException {
        stalled.await();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://" + behind + exchange.getRequestURI()));
            exchange.getRequestHeaders()
                    .getOrDefault("Accept", List.of())
                    .forEach(accept -> request.header("Accept", accept));
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers()
                    .firstValue("Content-Type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
            byte[] body = answer.body();
            exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
            boolean stall = exchange.getRequestURI().getPath().contains("/blobs/") && body.length > FIRST_BYTES;
            exchange.getResponseBody().write(body, 0, stall ? FIRST_BYTES : body.length);
            if (stall) {
                exchange.getResponseBody().flush();
                stalled.countDown();
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the registry is closed");
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }
}
