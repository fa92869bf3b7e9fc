package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.json.Json;
import dev.berth.image.oci.Digest;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An image that was built here, with other engines' tools: skopeo, umoci, podman, and the words of the OCI image specification. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX, Need.SKOPEO, Need.UMOCI, Need.PODMAN})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuiltImageElsewhereTest {
    private static final String DOCKERFILE = """
            FROM busybox:test AS made
            RUN mkdir /data && echo kept >/data/file && chown 12:34 /data/file && chmod 4750 /data/file
            FROM busybox:test
            MAINTAINER Somebody
            ENV GREETING="hello world"
            LABEL one=1 "two words"="a b"
            COPY --from=made /data /data
            RUN rm /etc/group && ln -s /data/file /link
            WORKDIR /data
            USER 65534:34
            EXPOSE 80 53/udp
            VOLUME /scratch
            STOPSIGNAL SIGUSR1
            HEALTHCHECK --interval=5s CMD true
            ENTRYPOINT ["sh", "-c"]
            CMD ["echo $GREETING; id -u; pwd; ls /etc; stat -c '%a %u %g' /link /data/file"]
            """;
    private static final String PRINTED = "hello world\n65534\n/data\n";

    private Path dir;
    private Path layout;
    private DaemonProcess daemon;

    @BeforeAll
    void build(@TempDir Path temporary) throws Exception {
        dir = temporary;
        daemon = DaemonProcess.start(dir.resolve("berth"));
        SdkHost.importImage(daemon, dir);
        Path context = Files.createDirectory(dir.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("DOCKER_BUILDKIT", "0");
        run(environment, "docker", "build", "--network", "none", "-t", "built:1", context.toString());
        daemon.docker("save", "-o", dir.resolve("built.tar").toString(), "built:1")
                .succeeded();
        layout = dir.resolve("layout");
        ImageTools.skopeo("copy", "-q", "docker-archive:" + dir.resolve("built.tar"), "oci:" + layout + ":1");
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    @Test
    void skopeoTellsWhatWasBuilt() {
        for (String transport : List.of("docker-archive:", "oci-archive:")) {
            Map<?, ?> seen = object(ImageTools.skopeo("inspect", transport + dir.resolve("built.tar")));
            assertThat(seen.get("Os")).isEqualTo("linux");
            assertThat(seen.get("Labels")).isEqualTo(Map.of("one", "1", "two words", "a b"));
            assertThat(list(seen, "Layers")).hasSize(3);
            assertThat(list(seen, "Env").toArray()).contains("GREETING=hello world");
        }
    }

    @Test
    void manifestAndConfigurationAreAsTheSpecificationHasThem() throws IOException {
        Map<?, ?> manifest = object(ImageTools.skopeo("inspect", "--raw", "oci:" + layout + ":1"));
        assertThat(String.valueOf(manifest.get("schemaVersion"))).isEqualTo("2");
        List<String> diffIds = new ArrayList<>();
        for (Object layer : list(manifest, "layers")) {
            Map<?, ?> descriptor = (Map<?, ?>) layer;
            assertThat(descriptor.get("mediaType")).isEqualTo("application/vnd.oci.image.layer.v1.tar+gzip");
            byte[] content = blob(descriptor);
            diffIds.add(Digest.sha256(new GZIPInputStream(new ByteArrayInputStream(content)).readAllBytes())
                    .toString());
        }
        Map<?, ?> descriptor = map(manifest, "config");
        assertThat(descriptor.get("mediaType")).isEqualTo("application/vnd.oci.image.config.v1+json");
        Map<?, ?> image = object(new String(blob(descriptor), StandardCharsets.UTF_8));
        assertThat(map(image, "rootfs").get("type")).isEqualTo("layers");
        assertThat(list(map(image, "rootfs"), "diff_ids")).isEqualTo(diffIds);
        assertThat(OffsetDateTime.parse(String.valueOf(image.get("created")))).isNotNull();
        assertThat(image.get("os")).isEqualTo("linux");
        assertThat(image.get("author")).isEqualTo("Somebody");
        long withLayer = 0;
        for (Object entry : list(image, "history")) {
            Map<?, ?> step = (Map<?, ?>) entry;
            assertThat(OffsetDateTime.parse(String.valueOf(step.get("created"))))
                    .isNotNull();
            withLayer += Boolean.TRUE.equals(step.get("empty_layer")) ? 0 : 1;
        }
        assertThat(withLayer).as("steps that are not empty").isEqualTo(diffIds.size());
        Map<?, ?> config = map(image, "config");
        assertThat(map(config, "ExposedPorts").keySet().toArray()).containsExactlyInAnyOrder("80/tcp", "53/udp");
        assertThat(map(config, "Volumes").keySet().toArray()).containsExactly("/scratch");
        assertThat(config.get("User")).isEqualTo("65534:34");
        assertThat(config.get("WorkingDir")).isEqualTo("/data");
        assertThat(config.get("StopSignal")).isEqualTo("SIGUSR1");
    }

    @Test
    void umociUnpacksTheFiles() throws IOException {
        Path bundle = dir.resolve("bundle");
        run(Map.of(), "umoci", "unpack", "--image", layout + ":1", bundle.toString());
        Path root = bundle.resolve("rootfs");
        assertThat(Files.readString(root.resolve("data/file"))).isEqualTo("kept\n");
        assertThat(Files.getAttribute(root.resolve("data/file"), "unix:gid")).isEqualTo(34);
        assertThat((int) Files.getAttribute(root.resolve("data/file"), "unix:mode") & 07777)
                .isEqualTo(04750);
        assertThat(Files.readSymbolicLink(root.resolve("link"))).isEqualTo(Path.of("/data/file"));
        assertThat(root.resolve("etc/group")).doesNotExist();
        assertThat(root.resolve("etc/passwd")).exists();
    }

    @Test
    void podmanRunsItAsWeDo() {
        String ours = daemon.docker("run", "--rm", "--network", "none", "built:1")
                .succeeded()
                .out();
        assertThat(ours).startsWith(PRINTED).endsWith("4750 12 34\n");
        String theirs = new ImageTools(dir).podmanRuns(dir.resolve("built.tar"), "built:1");
        assertThat(theirs).startsWith(PRINTED).endsWith("4750 12 34\n");
    }

    private byte[] blob(Map<?, ?> descriptor) throws IOException {
        String digest = String.valueOf(descriptor.get("digest"));
        byte[] content = Files.readAllBytes(layout.resolve("blobs").resolve(digest.replace(':', '/')));
        assertThat(Digest.sha256(content)).hasToString(digest);
        assertThat(String.valueOf(descriptor.get("size"))).isEqualTo(Integer.toString(content.length));
        return content;
    }

    private static String run(Map<String, String> environment, String... words) {
        return Command.run(environment, words).succeeded().out();
    }

    private static Map<?, ?> object(String json) {
        return asMap(Json.parse(json).value());
    }

    private static Map<?, ?> map(Map<?, ?> tree, String member) {
        return asMap(tree.get(member));
    }

    private static Map<?, ?> asMap(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    private static List<?> list(Map<?, ?> tree, String member) {
        return (List<?>) Objects.requireNonNull(tree.get(member), member);
    }
}
