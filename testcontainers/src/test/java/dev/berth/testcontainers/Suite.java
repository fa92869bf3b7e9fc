package dev.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/**
 * What a team's tests do with Testcontainers, in a JVM of its own that ends as theirs does: not everything is closed, and no
 * word of Berth is in it.
 */
final class Suite {
    private static final DockerImageName BOX = DockerImageName.parse("box:latest");
    private static final String SERVE = "mkdir /www; echo hi > /www/index.html; exec busybox httpd -f -p 80 -h /www";

    private Suite() {}

    private interface Part {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Map<String, Part> parts = Map.of(
                "ports", Suite::ports,
                "logs", Suite::logs,
                "health", Suite::health,
                "networks", Suite::networks,
                "files", Suite::files,
                "dockerfiles", Suite::dockerfiles,
                "parallel", Suite::parallel);
        for (Map.Entry<String, Part> part : parts.entrySet()) {
            part.getValue().run();
            System.out.println(part.getKey());
        }
        new GenericContainer<>(BOX).withCommand("sleep", "1000").start(); // and nobody closes it
        System.out.println("over");
    }

    private static GenericContainer<?> box(String line) {
        return new GenericContainer<>(BOX).withCommand("sh", "-c", line);
    }

    private static String get(GenericContainer<?> web) throws IOException {
        URI address = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(80) + "/");
        try (InputStream in = address.toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void ports() throws IOException {
        try (GenericContainer<?> web = box(SERVE).withExposedPorts(80)) {
            web.start();
            assertThat(get(web)).isEqualTo("hi\n");
        }
        try (GenericContainer<?> web =
                box("sleep 0.2; " + SERVE).withExposedPorts(80).waitingFor(Wait.forHttp("/"))) {
            web.start();
            assertThat(get(web)).isEqualTo("hi\n");
        }
    }

    private static void logs() {
        ToStringConsumer heard = new ToStringConsumer();
        try (GenericContainer<?> talker = box("echo one; echo ready; echo three >&2; sleep 1000")
                .withLogConsumer(heard)
                .waitingFor(Wait.forLogMessage(".*three.*\\n", 1))) {
            talker.start();
            assertThat(talker.getLogs()).contains("one", "ready", "three");
        }
        assertThat(heard.toUtf8String()).contains("one", "three");
        try (GenericContainer<?> once = box("echo done")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(20)))) {
            once.start();
            assertThat(once.getLogs()).isEqualTo("done\n");
        }
    }

    private static void health() {
        ImageFromDockerfile image = new ImageFromDockerfile().withFileFromString("Dockerfile", """
                        FROM box
                        CMD ["sh", "-c", "touch /tmp/up; sleep 1000"]
                        HEALTHCHECK --interval=100ms CMD test -e /tmp/up
                        """);
        try (GenericContainer<?> container = new GenericContainer<>(image).waitingFor(Wait.forHealthcheck())) {
            container.start();
            assertThat(container.isHealthy()).isTrue();
        }
    }

    private static void networks() throws IOException, InterruptedException {
        try (Network network = Network.newNetwork();
                GenericContainer<?> web = box(SERVE)
                        .withNetwork(network)
                        .withNetworkAliases("web", "shop")
                        .withExposedPorts(80);
                GenericContainer<?> client = box("sleep 1000").withNetwork(network)) {
            Startables.deepStart(web, client).join();
            assertThat(client.execInContainer("wget", "-qO-", "http://shop/").getStdout())
                    .isEqualTo("hi\n");
        }
    }

    private static void files() throws IOException, InterruptedException {
        try (GenericContainer<?> container = box("cat /given/file; sleep 1000")
                .withCopyToContainer(Transferable.of("given\n"), "/given/file")
                .withTmpFs(Map.of("/memory", "rw"))
                .withFileSystemBind("/etc/hostname", "/host/name", BindMode.READ_ONLY)
                .waitingFor(Wait.forLogMessage("given\n", 1))) {
            container.start();
            ExecResult result = container.execInContainer("sh", "-c", "grep -c '^tmpfs /memory ' /proc/mounts; exit 4");
            assertThat(result.getStdout()).isEqualTo("1\n");
            assertThat(result.getExitCode()).isEqualTo(4);
            String copied = container.copyFileFromContainer(
                    "/given/file", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(copied).isEqualTo("given\n");
        }
    }

    private static void dockerfiles() {
        ImageFromDockerfile image = new ImageFromDockerfile()
                .withFileFromString("word", "from a file")
                .withFileFromString(
                        "Dockerfile", "FROM box\nCOPY word /word\nRUN echo and more >> /word\nCMD cat /word\n");
        try (GenericContainer<?> container = new GenericContainer<>(image)
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(20)))) {
            container.start();
            assertThat(container.getLogs()).isEqualTo("from a fileand more\n");
        }
    }

    private static void parallel() {
        List<GenericContainer<?>> many = Stream.<GenericContainer<?>>generate(
                        () -> box("echo up; sleep 1000").waitingFor(Wait.forLogMessage("up\n", 1)))
                .limit(6)
                .toList();
        try {
            Startables.deepStart(many).join();
            assertThat(many).allMatch(GenericContainer::isRunning);
        } finally {
            many.forEach(GenericContainer::stop);
        }
    }
}
