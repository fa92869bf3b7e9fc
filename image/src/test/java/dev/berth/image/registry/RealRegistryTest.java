package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.ImportOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs({Need.ROOT, Need.DOCKER_REGISTRY})
@LeavesNothingBehind
final class RealRegistryTest {
    @TempDir
    Path dir;

    private RegistryProcess registry;
    private Images images;

    @BeforeEach
    void start() throws Exception {
        registry = RegistryProcess.start(dir.resolve("registry"));
        images = Images.open(dir.resolve("ours"), ImageOptions.DEFAULT);
    }

    @AfterEach
    void end() throws Exception {
        images.close();
        registry.close();
    }

    @Test
    void whatWasPushedIsPulledElsewhereAndToldAsDockerTellsIt() throws Exception {
        Image pushed = importTree(images, name("a/b:1"), 3_000_000);
        Recorder push = new Recorder();
        images.push(new PushRequest(name("a/b:1"), false, Optional.empty(), Credentials.ANONYMOUS), push);
        String digest = pushed.manifest().raw().digest().toString();
        assertThat(push.messages())
                .containsExactly(
                        "The push refers to repository [" + name("a/b") + "]",
                        "1: digest: " + digest + " size: "
                                + pushed.manifest().raw().size());
        assertThat(push.phases())
                .startsWith(TransferEvent.Phase.PREPARING, TransferEvent.Phase.PUSHING)
                .endsWith(TransferEvent.Phase.PUSHED);

        try (Images other = Images.open(dir.resolve("other"), ImageOptions.DEFAULT)) {
            Recorder pull = new Recorder();
            Image pulled = other.pull(pullRequest("a/b:1"), pull);
            assertThat(pulled.id()).isEqualTo(pushed.id());
            assertThat(pulled.repoTags()).containsExactly(name("a/b:1"));
            assertThat(pulled.repoDigests()).containsExactly(name("a/b@" + digest));
            assertThat(pull.messages())
                    .containsExactly(
                            "1: Pulling from a/b",
                            "Digest: " + digest,
                            "Status: Downloaded newer image for " + name("a/b:1"));
            assertThat(pull.phases())
                    .startsWith(TransferEvent.Phase.PULLING, TransferEvent.Phase.DOWNLOADING)
                    .contains(TransferEvent.Phase.DOWNLOADED)
                    .endsWith(TransferEvent.Phase.PULLED);
            assertThat(other.lowerDirs(pulled).getFirst().resolve("file")).hasSize(3_000_000);

            Recorder again = new Recorder();
            other.pull(pullRequest("a/b:1"), again);
            assertThat(again.messages()).endsWith("Status: Image is up to date for " + name("a/b:1"));
            assertThat(again.phases()).isEmpty();
        }
    }

    @Test
    void aLayerThatIsThereIsNotSentAgainAndOneNextDoorIsMounted() throws Exception {
        Image image = importTree(images, name("first"), 200_000);
        images.push(new PushRequest(name("first"), false, Optional.empty(), Credentials.ANONYMOUS), new Recorder());
        images.tag(name("first"), name("second"));
        Recorder second = new Recorder();
        images.push(new PushRequest(name("second"), false, Optional.empty(), Credentials.ANONYMOUS), second);
        assertThat(second.phases()).endsWith(TransferEvent.Phase.MOUNTED);
        Recorder again = new Recorder();
        images.push(new PushRequest(name("second"), false, Optional.empty(), Credentials.ANONYMOUS), again);
        assertThat(again.phases()).endsWith(TransferEvent.Phase.EXISTS_THERE);
        assertThat(images.find(name("second")).repoDigests())
                .containsExactlyInAnyOrder(
                        name("first@" + image.manifest().raw().digest()),
                        name("second@" + image.manifest().raw().digest()));
    }

    @Test
    void allTagsArePushedAndPulled() throws Exception {
        importTree(images, name("many:1"), 1000);
        importTree(images, name("many:2"), 2000);
        images.push(new PushRequest(name("many"), true, Optional.empty(), Credentials.ANONYMOUS), new Recorder());
        try (Images other = Images.open(dir.resolve("other"), ImageOptions.DEFAULT)) {
            Recorder recorder = new Recorder();
            other.pull(new PullRequest(name("many"), true, Optional.empty(), Credentials.ANONYMOUS), recorder);
            assertThat(other.list())
                    .flatExtracting(Image::repoTags)
                    .containsExactlyInAnyOrder(name("many:1"), name("many:2"));
            assertThat(recorder.messages()).endsWith("Status: Downloaded newer image for " + name("many"));
        }
    }

    @Test
    void anImageIsPulledByItsDigest() throws Exception {
        Image pushed = importTree(images, name("x:1"), 1000);
        images.push(new PushRequest(name("x:1"), false, Optional.empty(), Credentials.ANONYMOUS), new Recorder());
        String byDigest = "x@" + pushed.manifest().raw().digest();
        try (Images other = Images.open(dir.resolve("other"), ImageOptions.DEFAULT)) {
            Image pulled = other.pull(pullRequest(byDigest), new Recorder());
            assertThat(pulled.repoTags()).isEmpty();
            assertThat(pulled.repoDigests()).containsExactly(name(byDigest));
        }
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertThatThrownBy(() -> images.pull(pullRequest("nosuch"), new Recorder()))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.NOT_FOUND))
                .hasMessageStartingWith("manifest for " + name("nosuch:latest") + " not found: manifest unknown");
        assertThatThrownBy(() -> images.push(
                        new PushRequest(name("nosuch"), false, Optional.empty(), Credentials.ANONYMOUS),
                        new Recorder()))
                .hasMessage("An image does not exist locally with the tag: " + name("nosuch"));
    }

    @Test
    void aRegistryThatDoesNotRunIsSaid() throws Exception {
        registry.close();
        assertThatThrownBy(() -> images.pull(pullRequest("x"), new Recorder()))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.UNAVAILABLE))
                .hasMessageContaining("connection refused");
    }

    @Test
    @Needs(Need.SKOPEO)
    void skopeoReadsWhatWePushAndWePullWhatSkopeoPushes() throws Exception {
        Image pushed = importTree(images, name("ours:1"), 500_000);
        images.push(new PushRequest(name("ours:1"), false, Optional.empty(), Credentials.ANONYMOUS), new Recorder());
        for (String format : List.of("v2s2", "oci")) {
            run(
                    "skopeo",
                    "--insecure-policy",
                    "copy",
                    "-q",
                    "--src-tls-verify=false",
                    "--dest-tls-verify=false",
                    "--format=" + format,
                    "--dest-compress",
                    "--dest-compress-format=gzip",
                    "docker://" + name("ours:1"),
                    "dir:" + dir.resolve(format));
            run(
                    "skopeo",
                    "--insecure-policy",
                    "copy",
                    "-q",
                    "--dest-tls-verify=false",
                    "dir:" + dir.resolve(format),
                    "docker://" + name("theirs:" + format));
            try (Images other = Images.open(dir.resolve("other-" + format), ImageOptions.DEFAULT)) {
                Image pulled = other.pull(pullRequest("theirs:" + format), new Recorder());
                assertThat(pulled.config().diffIds()).isEqualTo(pushed.config().diffIds());
                assertThat(pulled.manifest().mediaType().contains("docker")).isEqualTo(format.equals("v2s2"));
            }
        }
    }

    @Test
    void aRegistryBehindItsOwnAuthorityIsTrustedWhereCertificatesSaySo() throws Exception {
        Path tls = makeCertificates();
        try (RegistryProcess secure = RegistryProcess.start(
                dir.resolve("secure"),
                "tls: {certificate: " + tls.resolve("server.crt") + ", key: " + tls.resolve("server.key")
                        + ", clientcas: [" + tls.resolve("ca.crt") + "]}")) {
            Path own = Files.createDirectories(dir.resolve("certs.d/" + secure.domain()));
            String name = secure.domain() + "/x";
            try (Images ours = Images.open(dir.resolve("tls-ours"), withCertificates(dir.resolve("certs.d")))) {
                importTree(ours, name, 100_000);
                Files.copy(tls.resolve("other-ca.crt"), own.resolve("ca.crt"));
                assertThatThrownBy(() -> push(ours, name))
                        .hasMessageContaining("TLS")
                        .hasMessageContaining("certs.d");
                Files.delete(own.resolve("ca.crt"));
                Files.copy(tls.resolve("ca.crt"), own.resolve("ca.crt"));
                assertThatThrownBy(() -> push(ours, name)).isInstanceOf(ImageException.class);
                Files.copy(tls.resolve("client.crt"), own.resolve("client.cert"));
                assertThatThrownBy(() -> push(ours, name)).hasMessageContaining("client.key is missing");
                Files.copy(tls.resolve("client.key"), own.resolve("client.key"));
                push(ours, name);
                Files.delete(own.resolve("client.key"));
                run(
                        "openssl",
                        "rsa",
                        "-traditional",
                        "-in",
                        tls.resolve("client.key").toString(),
                        "-out",
                        own.resolve("client.key").toString());
                push(ours, name);
            }
        }
    }

    @Test
    void aLoopbackRegistryMaySpeakTlsWithAnyCertificate() throws Exception {
        Path tls = makeCertificates();
        try (RegistryProcess secure = RegistryProcess.start(
                dir.resolve("secure"),
                "tls: {certificate: " + tls.resolve("server.crt") + ", key: " + tls.resolve("server.key") + "}")) {
            importTree(images, secure.domain() + "/x", 1000);
            push(images, secure.domain() + "/x");
            images.pull(
                    new PullRequest(secure.domain() + "/x", false, Optional.empty(), Credentials.ANONYMOUS),
                    new Recorder());
        }
    }

    private static void push(Images images, String name) throws IOException {
        images.push(new PushRequest(name, false, Optional.empty(), Credentials.ANONYMOUS), new Recorder());
    }

    private static ImageOptions withCertificates(Path folder) {
        return ImageOptions.DEFAULT.with(RegistryOptions.DEFAULT.withCertificates(List.of(folder)));
    }

    /** An authority with a server's and a client's certificate, and another authority. */
    private Path makeCertificates() throws Exception {
        Path tls = Files.createDirectories(dir.resolve("tls"));
        Path names = Files.writeString(tls.resolve("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
        for (String authority : List.of("ca", "other-ca")) {
            openssl(
                    tls,
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=" + authority,
                    "-keyout",
                    authority + ".key",
                    "-out",
                    authority + ".crt");
        }
        for (String one : List.of("server", "client")) {
            openssl(
                    tls,
                    "req",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-subj",
                    "/CN=" + one,
                    "-keyout",
                    one + ".key",
                    "-out",
                    one + ".csr");
            openssl(
                    tls,
                    "x509",
                    "-req",
                    "-in",
                    one + ".csr",
                    "-CA",
                    "ca.crt",
                    "-CAkey",
                    "ca.key",
                    "-CAcreateserial",
                    "-days",
                    "2",
                    "-extfile",
                    names.toString(),
                    "-out",
                    one + ".crt");
        }
        return tls;
    }

    private static void openssl(Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        run(directory, command);
    }

    private void run(String... command) throws Exception {
        run(dir, List.of(command));
    }

    private static void run(Path directory, List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private String name(String path) {
        return registry.domain() + "/" + path;
    }

    private PullRequest pullRequest(String path) {
        return new PullRequest(name(path), false, Optional.empty(), Credentials.ANONYMOUS);
    }

    private static Image importTree(Images images, String name, int bytes) throws IOException {
        return images.importTree(
                new ByteArrayInputStream(TestImage.tar("file", bytes)),
                Optional.of(name),
                new ImportOptions(ContainerConfig.EMPTY, Platform.host(), "made for a test"));
    }
}
