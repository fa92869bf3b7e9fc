package dev.berth.example;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.testcontainers.containers.GenericContainer;

/** A web server of one page. */
final class Web {
    static final int PORT = 8080;
    static final String PAGE = "ahoy\n";

    private Web() {}

    static GenericContainer<?> container() {
        return new GenericContainer<>(Images.BUSYBOX)
                .withCommand("sh", "-c", "mkdir /www; echo ahoy > /www/index.html; echo serving; exec httpd -f -p 8080 -h /www")
                .withExposedPorts(PORT);
    }

    static String get(GenericContainer<?> web) throws IOException {
        URI address = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(PORT) + "/");
        try (InputStream page = address.toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
