package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.oci.Digest;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code berth build --output}: where a result can go, what is there then, and what is not. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnBuildOutputTest {
    private static final String DOCKERFILE = """
        FROM box AS made
        RUN mkdir -p /out/sub && echo tool >/out/sub/tool && chown 12:34 /out/sub/tool && chmod 4750 /out/sub/tool \\
         && ln -s sub/tool /out/link && ln /out/sub/tool /out/same
        FROM scratch
        COPY --from=made /out /
        VOLUME /sub
        """;

    private Path dir;
    private Path context;
    private DaemonProcess daemon;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        daemon = DaemonProcess.start(dir.resolve("berth"));
        Path tar = BoxTar.make(dir);
        berth("import", tar.toString(), "box").succeeded();
        context = Files.createDirectory(dir.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void filesComeIntoAFolderAndTheImageStaysNowhere() throws Exception {
        Path out = dir.resolve("files");
        Path idFile = dir.resolve("files.id");
        berth("build", "-t", "unkept", "-o", out.toString(), "--iidfile", idFile.toString(), context.toString())
                .succeeded();
        assertThat(names(out)).containsExactly("link", "same", "sub");
        assertThat(out.resolve("sub/tool")).hasContent("tool");
        assertThat((int) Files.getAttribute(out.resolve("sub/tool"), "unix:mode") & 07777)
                .isEqualTo(04750);
        assertThat(Files.getAttribute(out.resolve("sub/tool"), "unix:gid")).isEqualTo(34);
        assertThat(Files.isSameFile(out.resolve("sub/tool"), out.resolve("same")))
                .isTrue();
        assertThat(Files.readSymbolicLink(out.resolve("link"))).isEqualTo(Path.of("sub/tool"));
        assertThat(berth("images", "-aq", "unkept").succeeded().out()).isEmpty();
        assertThat(berth("images", "-aq", "--no-trunc").succeeded().out()).doesNotContain(Files.readString(idFile));
        assertThat(berth("ps", "-aq").succeeded().out()).isEmpty();
        assertThat(berth("volume", "ls", "-q").succeeded().out()).isEmpty();
    }

    @Test
    void filesComeAsAnArchiveThatIsStandardOutputsAlone() {
        Command built = berth("build", "-q", "-o", "-", context.toString()).succeeded();
        Command listed = Command.runWithInput(Map.of(), built.out(), "tar", "-tf", "-");
        assertThat(listed.succeeded().out().lines()).containsExactlyInAnyOrder("link", "same", "sub/", "sub/tool");
    }

    @Test
    void severalOutputsComeOfOneBuild() throws Exception {
        Path oci = dir.resolve("several.tar");
        Path folder = dir.resolve("several");
        Path metadata = dir.resolve("several.json");
        Command built = berth(
                "build",
                "-q",
                "-t",
                "several:1",
                "-o",
                "type=oci,dest=" + oci,
                "-o",
                "type=oci,tar=false,name=other,dest=" + folder,
                "-o",
                "type=image,name=kept",
                "--metadata-file",
                metadata.toString(),
                context.toString());
        String id = built.succeeded().out().strip();
        for (String name : List.of("several:1", "kept")) {
            assertThat(berth("image", "inspect", "-f", "{{.Id}}", name)
                            .succeeded()
                            .out())
                    .isEqualTo(id + "\n");
        }
        String digest = berth("image", "inspect", "-f", "{{.Descriptor.digest}}", "kept")
                .succeeded()
                .out()
                .strip();
        assertThat(Files.readString(metadata))
                .contains(
                        "\"containerimage.config.digest\": \"" + id + "\"",
                        "\"containerimage.digest\": \"" + digest + "\"",
                        "\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\"",
                        "\"image.name\": \"docker.io/library/several:1,docker.io/library/kept:latest\"");
        assertThat(Files.readString(folder.resolve("index.json")))
                .contains(digest, "\"io.containerd.image.name\":\"docker.io/library/other:latest\"");
        berth("rmi", "several:1", "kept").succeeded();
        assertThat(berth("load", "-i", oci.toString()).succeeded().out()).isEqualTo("Loaded image: several:1\n");
        assertThat(berth("image", "inspect", "-f", "{{.Id}}", "several:1")
                        .succeeded()
                        .out())
                .isEqualTo(id + "\n");
        berth("rmi", "several:1").succeeded();
    }

    @Test
    @Needs({Need.SKOPEO, Need.DOCKER_REGISTRY})
    void anArchiveIsReadByOthersAndAnImageIsPushed() throws Exception {
        Path archive = dir.resolve("docker.tar");
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String name = registry.domain() + "/pushed:1";
            berth(
                            "build",
                            "-o",
                            "type=docker,dest=" + archive,
                            "-o",
                            "type=image,push=true,name=" + name,
                            context.toString())
                    .succeeded();
            assertThat(Command.run(Map.of(), "skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name)
                            .succeeded()
                            .out())
                    .contains("\"schemaVersion\":2");
            Command.run(Map.of(), "skopeo", "inspect", "docker-archive:" + archive)
                    .succeeded();
            berth("rmi", name).succeeded();
        }
    }

    @Test
    @Needs({Need.DOCKER_CLI, Need.SKOPEO, Need.DOCKER_REGISTRY})
    void severalPlatformsAreOneNameHereAndInARegistry() throws Exception {
        Path out = dir.resolve("platforms");
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("platforms-registry"))) {
            String name = registry.domain() + "/platforms:1";
            Path platforms = Files.createDirectory(dir.resolve("platforms-context"));
            Files.writeString(
                    platforms.resolve("Dockerfile"),
                    DOCKERFILE.replace("FROM box", "FROM --platform=$BUILDPLATFORM box"));
            berth(
                            "build",
                            "--platform=linux/amd64,linux/s390x",
                            "--push",
                            "-t",
                            name,
                            "-o",
                            out.toString(),
                            platforms.toString())
                    .succeeded();
            assertThat(names(out)).containsExactly("linux_amd64", "linux_s390x");
            assertThat(names(out.resolve("linux_s390x"))).containsExactly("link", "same", "sub");
            assertThat(daemon.docker("image", "ls", "--format", "{{.Repository}}", registry.domain() + "/*")
                            .succeeded()
                            .out())
                    .isEqualTo(registry.domain() + "/platforms\n");
            assertThat(daemon.docker("manifest", "inspect", "--insecure", name)
                            .succeeded()
                            .out())
                    .contains("\"architecture\": \"amd64\"", "\"architecture\": \"s390x\"");
            assertThat(Command.run(
                                    Map.of(),
                                    "skopeo",
                                    "inspect",
                                    "--tls-verify=false",
                                    "--override-arch=s390x",
                                    "docker://" + name)
                            .succeeded()
                            .out())
                    .contains("\"Architecture\": \"s390x\"");
            berth("rmi", name).succeeded();
        }
    }

    @Test
    @Needs({Need.SKOPEO, Need.PODMAN, Need.DOCKER_REGISTRY})
    void anAttestedImageIsAnImageLikeOthersHereAndElsewhere() throws Exception {
        Path attested = Files.createDirectory(dir.resolve("attested"));
        Files.writeString(attested.resolve("Dockerfile"), "FROM box\nRUN echo hi >/hi\nCMD [\"cat\", \"/hi\"]\n");
        Path archive = dir.resolve("attested.tar");
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("attested-registry"))) {
            String name = registry.domain() + "/attested:1";
            berth(
                            "build",
                            "--provenance=mode=max",
                            "--sbom=true",
                            "--push",
                            "-t",
                            name,
                            "-o",
                            "type=oci,dest=" + archive,
                            attested.toString())
                    .succeeded();
            assertThat(berth("run", "--rm", "--network", "none", name)
                            .succeeded()
                            .out())
                    .isEqualTo("hi\n");
            String index = ImageTools.skopeo("inspect", "--raw", "--tls-verify=false", "docker://" + name);
            assertThat(index)
                    .contains("\"vnd.docker.reference.type\":\"attestation-manifest\"", "\"architecture\":\"unknown\"");
            assertThat(ImageTools.skopeo("inspect", "--tls-verify=false", "docker://" + name))
                    .contains("\"Os\": \"linux\"");
            assertThat(ImageTools.skopeo("inspect", "oci-archive:" + archive)).contains("\"Os\": \"linux\"");
            annotationsComeToTheRegistryAndIntoLayouts(registry.domain() + "/noted:1", attested);
            berth("rmi", name).succeeded();
            berth("pull", "-q", name).succeeded();
            assertThat(berth("run", "--rm", "--network", "none", name)
                            .succeeded()
                            .out())
                    .isEqualTo("hi\n");
            berth("rmi", name).succeeded();
            assertThat(berth("load", "-i", archive.toString()).succeeded().out())
                    .isEqualTo("Loaded image: " + name + "\n");
            berth("rmi", name).succeeded();
            assertThat(new ImageTools(dir).podmanRuns(archive, name)).isEqualTo("hi\n");
        }
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("taken"));
        Path taken = Files.createDirectory(folder.resolve("link"));
        assertThat(berth("build", "-o", folder.toString(), context.toString())
                        .exitedWith(1)
                        .err())
                .contains("cannot overwrite directory " + taken + " with a file");
        assertThat(names(folder)).containsExactly("link");
        Path none = dir.resolve("none/there");
        Path nowhere = none.resolve("x.tar");
        assertThat(berth("build", "-o", "type=oci,dest=" + nowhere, context.toString())
                        .exitedWith(1)
                        .err())
                .contains("invalid output path: directory \"" + none + "\" does not exist");
        assertThat(berth("build", "-o", "type=tar", "-o", "type=oci", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("multiple outputs to standard output");
        Path broken = Files.createDirectory(dir.resolve("broken"));
        Files.writeString(broken.resolve("Dockerfile"), "FROM box\nRUN exit 3\n");
        Path out = dir.resolve("broken.tar");
        berth("build", "-o", "type=tar,dest=" + out, broken.toString()).exitedWith(3);
        assertThat(out).doesNotExist();
        assertThat(berth("ps", "-aq").succeeded().out()).isEmpty();
    }

    private void annotationsComeToTheRegistryAndIntoLayouts(String name, Path context) throws Exception {
        Path layout = dir.resolve("noted");
        Path metadata = dir.resolve("noted.json");
        berth(
                        "build",
                        "--provenance=mode=max",
                        "--annotation",
                        "manifest,index:who=me",
                        "--annotation",
                        "manifest-descriptor:where=here",
                        "--annotation",
                        "index-descriptor:listed=so",
                        "--push",
                        "-t",
                        name,
                        "-o",
                        "type=oci,tar=false,dest=" + layout,
                        "--metadata-file",
                        metadata.toString(),
                        context.toString())
                .succeeded();
        String index = ImageTools.skopeo("inspect", "--raw", "--tls-verify=false", "docker://" + name);
        assertThat(index).contains("\"annotations\":{\"who\":\"me\"}", "\"annotations\":{\"where\":\"here\"}");
        String digest = Digest.sha256(index.getBytes(StandardCharsets.UTF_8)).toString();
        assertThat(Files.readString(metadata)).contains("\"containerimage.digest\": \"" + digest + "\"");
        assertThat(Files.readString(layout.resolve("index.json")))
                .contains("\"listed\":\"so\"", "\"digest\":\"" + digest + "\"");
        String manifest = index.replaceAll("(?s).*?(sha256:[0-9a-f]{64}).*", "$1");
        assertThat(ImageTools.skopeo(
                        "inspect",
                        "--raw",
                        "--tls-verify=false",
                        "docker://" + name.substring(0, name.lastIndexOf(':')) + "@" + manifest))
                .contains("\"annotations\":{\"who\":\"me\"}");
        assertThat(index).contains("\"vnd.docker.reference.digest\":\"" + manifest + "\"");
        berth("rmi", name).succeeded();
        berth("pull", "-q", name).succeeded();
        berth("system", "fsck").succeeded();
        berth("rmi", name).succeeded();
        assertThat(berth("build", "--annotation", "a=b", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("annotations are of images that are pushed or written as a layout");
    }

    private Command berth(String... words) {
        return Command.berth(Map.of("DOCKER_HOST", daemon.host(), "HOME", dir.toString()), new byte[0], words);
    }
}
