package dev.berth.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A repository of Maven's over HTTP on this host, before the usual one: the files of a local one. */
final class RepositoryServer implements AutoCloseable {
    private static final int NO_BODY = -1;

    private final Path folder;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private RepositoryServer(Path folder, HttpServer server) {
        this.folder = folder;
        this.server = server;
    }

    /** @param folder in the layout of a local repository, which is that of a remote one */
    static RepositoryServer start(Path folder) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        RepositoryServer repository = new RepositoryServer(folder, http);
        http.setExecutor(repository.threads);
        http.createContext("/", repository::serve);
        http.start();
        return repository;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1))
                    .normalize();
            if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, NO_BODY);
                return;
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head || Files.size(file) == 0 ? NO_BODY : Files.size(file));
            if (!head) {
                try (OutputStream body = exchange.getResponseBody()) {
                    Files.copy(file, body);
                }
            }
        }
    }

    /** A user's {@code settings.xml} that has Maven look here first, for what is in no other repository yet and for what need not be fetched
     * again. */
    String settings() {
        String repository =
                "<id>here</id><url>http://127.0.0.1:" + server.getAddress().getPort() + "/</url>"
                        + "<releases><checksumPolicy>ignore</checksumPolicy></releases>"
                        + "<snapshots><checksumPolicy>ignore</checksumPolicy></snapshots>";
        return """
                <settings>
                  <profiles>
                    <profile>
                      <id>here</id>
                      <repositories><repository>%s</repository></repositories>
                      <pluginRepositories><pluginRepository>%s</pluginRepository></pluginRepositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>here</activeProfile></activeProfiles>
                </settings>
                """.formatted(repository, repository);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
