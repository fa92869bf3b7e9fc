package dev.berth.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A registry on loopback that wants a token of its own authorization service, which gives one to alice: for her password,
 * and a refresh token with it, or for that.
 */
final class LoginRegistry implements AutoCloseable {
    static final String PASSWORD = "s3cret";
    static final String REFRESH_TOKEN = "refresh-me";

    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(("alice:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final HttpServer server;
    private final List<String> tokenRequests = new CopyOnWriteArrayList<>();

    private LoginRegistry(HttpServer server) {
        this.server = server;
    }

    static LoginRegistry start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        LoginRegistry registry = new LoginRegistry(server);
        server.createContext("/", registry::registry);
        server.createContext("/token", registry::token);
        server.start();
        return registry;
    }

    String domain() {
        return "localhost:" + server.getAddress().getPort();
    }

    /** The requests for tokens that were granted: method, query or form. */
    List<String> tokenRequests() {
        return tokenRequests;
    }

    private void registry(HttpExchange exchange) throws IOException {
        try (exchange) {
            if ("Bearer granted".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                boolean base = exchange.getRequestURI().getPath().equals("/v2/");
                send(exchange, base ? 200 : 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
                return;
            }
            exchange.getResponseHeaders()
                    .set("WWW-Authenticate", "Bearer realm=\"http://" + domain() + "/token\",service=\"test\"");
            send(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}");
        }
    }

    private void token(HttpExchange exchange) throws IOException {
        try (exchange) {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String asked =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getQuery() + form;
            boolean known = BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    || form.contains("refresh_token=" + REFRESH_TOKEN);
            if (!known) {
                send(exchange, 401, "{\"details\":\"incorrect username or password\"}");
                return;
            }
            tokenRequests.add(asked);
            send(
                    exchange,
                    200,
                    "{\"token\":\"granted\",\"access_token\":\"granted\",\"refresh_token\":\"" + REFRESH_TOKEN + "\"}");
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
