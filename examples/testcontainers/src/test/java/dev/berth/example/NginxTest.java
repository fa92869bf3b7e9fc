package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.wait.strategy.HttpWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.nginx.NginxContainer;

@Testcontainers
class NginxTest {
    @Container
    private static final NginxContainer NGINX = new NginxContainer(Images.ofDebian("nginx", "nginx"))
            .withCopyToContainer(Transferable.of("ahoy\n"), "/var/www/html/index.html")
            .waitingFor(new HttpWaitStrategy());

    @Test
    void thePageThatWasCopiedInIsServed() throws IOException {
        try (InputStream page = NGINX.getBaseUrl("http", 80).openStream()) {
            assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("ahoy\n");
        }
    }
}
