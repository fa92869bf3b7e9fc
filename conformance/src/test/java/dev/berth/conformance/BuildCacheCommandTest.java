package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
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

/** {@code berth build --cache-to} by one daemon, and {@code --cache-from} by another. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_REGISTRY, Need.SKOPEO})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuildCacheCommandTest {
    private static final int STEPS = 3;

    private Path dir;
    private DaemonProcess ours;
    private DaemonProcess theirs;
    private RegistryProcess registry;
    private Path context;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        ours = DaemonProcess.start(dir.resolve("ours"));
        theirs = DaemonProcess.start(dir.resolve("theirs"));
        registry = RegistryProcess.start(dir.resolve("registry"));
        Path tar = dir.resolve("box.tar");
        Command.run(Map.of(), "tar", "-C", BusyboxTree.make(dir.resolve("tree")).toString(), "-cf", tar.toString(), ".")
                .succeeded();
        berth(ours, "import", tar.toString(), "box").succeeded();
        Path saved = dir.resolve("saved.tar");
        berth(ours, "save", "-o", saved.toString(), "box").succeeded();
        berth(theirs, "load", "-i", saved.toString()).succeeded();
        context = Files.createDirectory(dir.resolve("context"));
        Files.writeString(context.resolve("file"), "content");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM box AS made
                RUN date +%N >/made
                FROM box
                COPY --from=made /made /made
                COPY file /file
                """);
    }

    @AfterAll
    void stop() throws Exception {
        registry.close();
        theirs.close();
        ours.close();
    }

    /** Another daemon that knows nothing yet has the same image without doing a step. */
    private void assertFound(String cache) {
        Command found = build(theirs, "--cache-from", cache).succeeded();
        assertThat(found.err().lines().filter(" ---> Using cache"::equals))
                .as(found.err())
                .hasSize(STEPS);
        String format = "{{.Id}} {{.RootFS.Layers}}";
        assertThat(berth(theirs, "image", "inspect", "-f", format, "app")
                        .succeeded()
                        .out())
                .isEqualTo(berth(ours, "image", "inspect", "-f", format, "app")
                        .succeeded()
                        .out());
        berth(theirs, "rmi", "app").succeeded();
        berth(theirs, "builder", "prune", "-af").succeeded();
    }

    private Command build(DaemonProcess daemon, String flag, String value) {
        return berth(daemon, "build", "-t", "app", flag, value, context.toString());
    }

    @Test
    void aRegistryKeepsACacheAndSkopeoCopiesIt() throws Exception {
        String reference = registry.domain() + "/app/cache:main";
        Command written = build(ours, "--cache-to", "type=registry,ref=" + reference + ",mode=max");
        assertThat(written.succeeded().err()).contains("Exporting the build cache to " + reference);
        assertFound(reference);
        assertFound("type=registry,ref=" + reference);
        String copy = registry.domain() + "/app/copy:main";
        Command.run(
                        Map.of(),
                        "skopeo",
                        "copy",
                        "--src-tls-verify=false",
                        "--dest-tls-verify=false",
                        "docker://" + reference,
                        "docker://" + copy)
                .succeeded();
        assertFound(copy);
        Path layout = dir.resolve("layout");
        Command.run(
                        Map.of(),
                        "skopeo",
                        "copy",
                        "--src-tls-verify=false",
                        "docker://" + reference,
                        "oci:" + layout + ":latest")
                .succeeded();
        assertFound("type=local,src=" + layout);
    }

    @Test
    void aFolderOfTheClientsHoldsSeveralCachesUnderTags() throws Exception {
        Path folder = dir.resolve("folder");
        build(ours, "--cache-to", "type=local,dest=" + folder + ",mode=max").succeeded();
        build(ours, "--cache-to", "type=local,dest=" + folder + ",tag=small,mode=min,compression=zstd")
                .succeeded();
        assertThat(Files.readString(folder.resolve("index.json"))).contains("\"latest\"", "\"small\"");
        assertFound("type=local,src=" + folder);
        Command least = build(theirs, "--cache-from", "type=local,tag=small,src=" + folder)
                .succeeded();
        assertThat(least.err()).contains("Running in");
        for (DaemonProcess daemon : List.of(ours, theirs)) {
            try (Stream<Path> left = Files.walk(daemon.dataRoot())) {
                assertThat(left)
                        .noneMatch(file -> String.valueOf(file.getFileName()).startsWith("cache-"));
            }
        }
    }

    @Test
    void whatCannotBeReadIsAWarningAndWhatMakesNoSenseIsRefused() {
        Command missing = build(ours, "--cache-from", "type=local,src=" + dir.resolve("nowhere"));
        assertThat(missing.succeeded().err())
                .contains("WARNING: the build cache of folder " + dir.resolve("nowhere") + " is not used: ");
        assertThat(build(ours, "--cache-from", "type=registry,ref=" + registry.domain() + "/none")
                        .succeeded()
                        .err())
                .contains("WARNING: the build cache of " + registry.domain() + "/none:latest is not used: ");
        for (String wrong : List.of("type=gha", "type=registry", "type=inline,mode=max", "type=registry,ref=A,x=y")) {
            assertThat(build(ours, "--cache-to", wrong).exitedWith(1).err())
                    .as(wrong)
                    .contains("the cache \"" + wrong + "\"");
        }
        assertThat(build(ours, "--cache-to", "type=local").exitedWith(125).err())
                .contains("dest is required for a local cache");
    }

    private Command berth(DaemonProcess daemon, String... words) {
        return Command.berth(Map.of("DOCKER_HOST", daemon.host(), "HOME", dir.toString()), new byte[0], words);
    }
}
