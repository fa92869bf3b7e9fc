package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.config.ResourceUpdate;
import dev.berth.engine.error.EngineException;
import dev.berth.image.files.PathStat;
import dev.berth.image.layer.LayerChanges.Change;
import dev.berth.image.layer.LayerChanges.Kind;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.avaje.jsonb.Jsonb;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class ContainerFilesTest {
    private static final String MAKE = "mkdir -p /d/e; echo one >/d/one; echo two >/d/e/two;"
            + " ln -s one /d/link; ln -s /../../d/e /d/away; ln -s loop /d/loop";

    @TempDir
    Path dir;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir);
    }

    @AfterEach
    void close() {
        box.close();
    }

    private ContainerFiles files() {
        return box.engine().containers().files();
    }

    /** A container that has made some files, and runs on or has ended. */
    private String made(boolean running) throws Exception {
        String id = box.shell(MAKE + (running ? "; echo done; exec sleep 100" : ""));
        if (!running) {
            assertThat(box.run(id)).isZero();
            return id;
        }
        var output = box.attach(id);
        box.engine().containers().start(id);
        output.awaitText("done\n");
        return id;
    }

    private Map<String, String> packed(String container, String path) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        files().pack(container, path, found -> bytes);
        return entries(bytes.toByteArray());
    }

    /** By their names: files' content, links' targets. */
    private static Map<String, String> entries(byte[] tar) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        TarReader reader = new TarReader(ByteSource.of(new ByteArrayInputStream(tar)), Limits.DEFAULT);
        for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            String content = entry.get().type() == TarEntry.Type.FILE
                    ? new String(reader.readData(1 << 24), StandardCharsets.UTF_8)
                    : entry.get().linkTarget();
            entries.put(entry.get().path(), content);
        }
        return entries;
    }

    private static byte[] tar(TarEntry.Type type, String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            if (type == TarEntry.Type.FILE) {
                byte[] data = content.getBytes(StandardCharsets.UTF_8);
                tar.begin(TarEntry.file(name, 0640, 7, 8, Instant.EPOCH, data.length, Map.of()));
                tar.write(data, 0, data.length);
            } else {
                tar.begin(TarEntry.empty(name, type, content, 0700, 7, 8, Instant.EPOCH));
            }
        }
        return bytes.toByteArray();
    }

    private void unpack(String container, String path, byte[] tar, boolean keepKind) {
        files().unpack(container, path, new ByteArrayInputStream(tar), keepKind, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPathIsLookedAtWithTheContainersOwnLinks(boolean running) throws Exception {
        String id = made(running);
        PathStat link = files().stat(id, "/d/link");
        assertThat(link.name()).isEqualTo("link");
        assertThat(link.linkTarget()).isEqualTo("/d/one");
        assertThat(files().stat(id, "/d/away").linkTarget()).isEqualTo("/d/e");
        assertThat(files().stat(id, "/d/away/two").size()).isEqualTo(4);
        assertThat(files().stat(id, "/d/away/").mode() & 0170000).isEqualTo(0040000);
        assertThat(files().stat(id, "d/../../d/one").size()).isEqualTo(4);
        assertThat(files().stat(id, "/").name()).isEqualTo("/");
        assertThatThrownBy(() -> files().stat(id, "/d/none"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.NOT_FOUND))
                .hasMessageStartingWith("Could not find the file /d/none in container ");
        assertThatThrownBy(() -> files().stat(id, "/d/one/")).hasMessageContaining("not a directory");
        assertThatThrownBy(() -> files().stat(id, "/d/loop/x")).hasMessageContaining("too many symbolic links");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAPathLeadsToIsPackedUnderItsName(boolean running) throws Exception {
        String id = made(running);
        assertThat(packed(id, "/d/one")).containsExactly(Map.entry("one", "one\n"));
        assertThat(packed(id, "/d/link")).containsExactly(Map.entry("link", "one"));
        assertThat(packed(id, "/d/e")).containsExactly(Map.entry("e/", ""), Map.entry("e/two", "two\n"));
        assertThat(packed(id, "/d/e/.")).containsExactly(Map.entry("./", ""), Map.entry("./two", "two\n"));
        assertThat(packed(id, "/d/away/")).containsExactly(Map.entry("away/", ""), Map.entry("away/two", "two\n"));
        assertThat(packed(id, "/")).containsKeys("/d/one", "/bin/");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anArchiveIsUnpackedWhereThePathLeads(boolean running) throws Exception {
        String id = made(running);
        unpack(id, "/d/away", tar(TarEntry.Type.FILE, "new/three", "three"), false);
        assertThat(packed(id, "/d/e/new/three")).containsValue("three");
        PathStat stat = files().stat(id, "/d/e/new/three");
        assertThat(stat.mode() & 07777).isEqualTo(0640);
        unpack(id, "/d", tar(TarEntry.Type.FILE, "away/four", "4"), false);
        assertThat(packed(id, "/d/e/four")).containsValue("4");
        unpack(id, "/", tar(TarEntry.Type.FILE, "d/one", "replaced"), true);
        assertThat(packed(id, "/d/one")).containsValue("replaced");
    }

    @Test
    void whatCannotBeUnpackedIsSaid() throws Exception {
        String id = made(false);
        assertThatThrownBy(() -> unpack(id, "/none", tar(TarEntry.Type.FILE, "a", ""), false))
                .hasMessageStartingWith("Could not find the file /none");
        assertThatThrownBy(() -> unpack(id, "/d/one", tar(TarEntry.Type.FILE, "a", ""), false))
                .hasMessageContaining("not a directory");
        assertThatThrownBy(() -> unpack(id, "/", tar(TarEntry.Type.FILE, "d", ""), true))
                .hasMessage("cannot overwrite directory \"/d\" with non-directory");
        assertThatThrownBy(() -> unpack(id, "/d", tar(TarEntry.Type.DIRECTORY, "one", ""), true))
                .hasMessage("cannot overwrite non-directory \"/d/one\" with directory");
        assertThatThrownBy(() -> unpack(id, "/d", tar(TarEntry.Type.FILE, "../../x", ""), true))
                .hasMessageContaining("leads out of it");
        assertThatThrownBy(() -> unpack(id, "/d", "no archive".repeat(99).getBytes(StandardCharsets.UTF_8), true))
                .isInstanceOf(EngineException.class)
                .hasMessageNotContaining("Exception");
        String readOnly = box.create(Box.command("true"), "\"ReadonlyRootfs\":true");
        assertThatThrownBy(() -> unpack(readOnly, "/", tar(TarEntry.Type.FILE, "a", ""), false))
                .hasMessage("container rootfs is marked read-only");
    }

    @Test
    void aLinkInAnArchiveLeadsNobodyOut() throws Exception {
        String id = made(false);
        Path outside = Files.createDirectory(dir.resolve("outside"));
        unpack(id, "/d", tar(TarEntry.Type.SYMLINK, "out", outside.toString()), false);
        assertThatThrownBy(() -> unpack(id, "/d", tar(TarEntry.Type.FILE, "out/x", "x"), false))
                .isInstanceOf(EngineException.class);
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aBindMountIsLookedAtAlsoWhereNothingRuns() throws Exception {
        Path host = Files.createDirectory(dir.resolve("host"));
        Files.writeString(host.resolve("file"), "of the host");
        String id = box.create(Box.command("true"), "\"Binds\":[\"" + host + ":/mnt/in:ro\"]");
        assertThat(packed(id, "/mnt/in/file")).containsValue("of the host");
        assertThat(files().stat(id, "/mnt/in").mode() & 0170000).isEqualTo(0040000);
        assertThatThrownBy(() -> unpack(id, "/mnt/in", tar(TarEntry.Type.FILE, "a", ""), false))
                .hasMessage("mounted volume is marked read-only");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changesAreWhatTheContainerHasDone(boolean running) throws Exception {
        String id = made(running);
        assertThat(files().changes(id))
                .contains(new Change(Kind.ADDED, "/d"), new Change(Kind.ADDED, "/d/e/two"))
                .noneMatch(change -> change.path().startsWith("/etc"));
        unpack(id, "/bin", tar(TarEntry.Type.FILE, "busybox2", ""), false);
        assertThat(files().changes(id))
                .contains(new Change(Kind.MODIFIED, "/bin"), new Change(Kind.ADDED, "/bin/busybox2"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExportHasAllFilesAndNothingThatIsMounted(boolean running) throws Exception {
        String id = made(running);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        files().export(id, bytes);
        assertThat(entries(bytes.toByteArray()))
                .containsKeys("bin/sh", "d/one", "proc/")
                .doesNotContainKeys("proc/self", "proc/mounts", "dev/null", "./");
    }

    @Test
    void aCommitIsAnImageOfTheChanges() throws Exception {
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        files().export(box.shell("true"), tree);
        box.engine()
                .images()
                .importTree(
                        new ByteArrayInputStream(tree.toByteArray()),
                        Optional.of("base"),
                        new dev.berth.image.ImportOptions(
                                dev.berth.image.oci.ContainerConfig.EMPTY, dev.berth.image.oci.Platform.host(), ""));
        String id = ofImage("base", Box.command("echo x >/x; rm /bin/yes"));
        assertThat(box.run(id)).isZero();
        var image = box.engine()
                .containers()
                .commit(new CommitRequest(
                        id,
                        Optional.of("made:1"),
                        "me",
                        "a comment",
                        Optional.empty(),
                        List.of("CMD [\"cat\", \"/x\"]", "ENV A=b C=\"d e\"", "LABEL l=1", "EXPOSE 80", "WORKDIR /bin"),
                        true));
        assertThat(image.repoTags()).containsExactly("made:1");
        assertThat(image.config().config().cmd()).containsExactly("cat", "/x");
        assertThat(image.config().config().env()).contains("A=b", "C=d e");
        assertThat(image.config().config().exposedPorts()).containsExactly("80/tcp");
        assertThat(image.config().history().getLast().comment()).isEqualTo("a comment");
        String again = ofImage("made:1", Box.command("cat /x; test ! -e /bin/yes"));
        assertThat(box.run(again)).isZero();
        assertThatThrownBy(() -> box.engine()
                        .containers()
                        .commit(new CommitRequest(
                                id, Optional.empty(), "", "", Optional.empty(), List.of("RUN rm -rf /"), true)))
                .hasMessage("run is not a valid change command");
        List.of(id, again).forEach(box::remove);
    }

    private String ofImage(String image, String config) {
        CreateRequest request = box.request("\"Image\":\"" + image + "\"," + config, "\"Rootfs\":\"\"");
        return box.engine().containers().create(request).id();
    }

    @Test
    void limitsAreChangedWhileItRuns() throws Exception {
        String id = made(true);
        Jsonb json = Jsonb.builder().build();
        box.engine()
                .containers()
                .update(
                        id,
                        json.type(ResourceUpdate.class)
                                .fromJson("{\"PidsLimit\":77,\"CpuShares\":512,\"RestartPolicy\":{\"Name\":\"\"}}"));
        var host = box.engine().containers().inspect(id).hostConfig();
        assertThat(host.pidsLimit()).hasValue(77);
        assertThat(host.cpuShares()).isEqualTo(512);
        assertThat(host.restartPolicy().name()).isEqualTo("no");
        assertThat(box.engine().containers().stats(id).usage().orElseThrow().pidsLimit())
                .hasValue(77);
        assertThatThrownBy(() -> box.engine()
                        .containers()
                        .update(id, json.type(ResourceUpdate.class).fromJson("{\"CpuPeriod\":1}")))
                .hasMessageContaining("CPU cfs period");
        assertThat(box.engine().containers().inspect(id).hostConfig().cpuPeriod())
                .isZero();
    }
}
