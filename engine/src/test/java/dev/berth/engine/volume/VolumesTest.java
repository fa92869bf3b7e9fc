package dev.berth.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.error.EngineException.Kind;
import dev.berth.engine.event.Events;
import dev.berth.engine.state.StateWriter;
import dev.berth.image.check.Finding;
import dev.berth.image.check.Inspection;
import dev.berth.image.check.Inspection.Repairs;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumesTest {
    private static final String CONTAINER = "c".repeat(64);

    @TempDir
    Path dir;

    private StateWriter writer;
    private Volumes volumes;

    @BeforeEach
    void open() throws IOException {
        System.Logger log = System.getLogger("dev.berth.test");
        writer = new StateWriter(log);
        volumes = Volumes.open(dir, new Events(), writer, Jsonb.builder().build(), log);
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private void reopen() throws IOException {
        close();
        open();
    }

    /** As after a kill: nothing more is written. */
    private void kill() throws IOException {
        StateWriter dying = writer;
        open();
        dying.close();
    }

    private static VolumeRequest request(String name, Map<String, String> options, Map<String, String> labels) {
        return new VolumeRequest(name, "local", Optional.of(options), Optional.of(labels), Optional.empty());
    }

    private List<String> names(String filter, String value) {
        return volumes.list(Map.of(filter, List.of(value))).stream()
                .map(VolumeInspection::name)
                .toList();
    }

    @Test
    void aVolumeOutlastsAnEngineWithItsLabelsAndFiles() throws IOException {
        VolumeInspection made = volumes.create(request("data", Map.of(), Map.of("a", "b")));
        assertThat(made.mountpoint())
                .isEqualTo(dir.resolve("volumes/data/_data"))
                .isDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.mountpoint())))
                .isEqualTo("rwxr-xr-x");
        Files.writeString(made.mountpoint().resolve("f"), "kept");
        kill();
        assertThat(volumes.inspect("data")).isEqualTo(made);
        assertThat(volumes.create(VolumeRequest.named("data"))).isEqualTo(made);
        assertThat(volumes.size("data")).hasValue(4);
    }

    @Test
    void oneWithoutANameIsAnonymous() {
        VolumeInspection made = volumes.create(VolumeRequest.named(""));
        assertThat(made.name()).matches("[0-9a-f]{64}");
        assertThat(made.labels()).contains(Map.of("com.docker.volume.anonymous", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "../x", ".x", "-x", "x y", "/x"})
    void aNameThatIsNoNameIsRefused(String name) {
        assertThatThrownBy(() -> volumes.create(VolumeRequest.named(name)))
                .hasMessage("create " + name + ": \"" + name + "\" includes invalid characters for a local volume name,"
                        + " only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory,"
                        + " use absolute path");
        assertThat(dir.resolve("volumes")).isEmptyDirectory();
    }

    @Test
    void optionsThatCannotBeAreRefusedByName() {
        refuses(Map.of("colour", "red"), "create vv: invalid option: \"colour\"");
        refuses(Map.of("type", "tmpfs"), "create vv: missing required option: \"device\"");
        refuses(Map.of("size", "1m"), "create vv: quota size requested but no quota support");
        refuses(Map.of("size", "much"), "create vv: invalid size: 'much'");
        refuses(
                Map.of("type", "cifs", "device", "//server:445/share"),
                "create vv: port not allowed in CIFS device URL, include 'port' in 'o='");
        refuses(Map.of("type", "bind", "device", "/x"), "type=bind of a volume is not supported");
        refuses(Map.of("type", "tmpfs", "device", "x", "o", "size=1m,remount"), "o=remount of a volume");
        refuses(Map.of("type", "none", "device", "/x"), "needs the option o=bind");
        refuses(Map.of("type", "none", "device", "x", "o", "bind"), "is not the absolute path");
        refuses(Map.of("type", "none", "device", "/x", "o", "bind,uid=1"), "o=uid=1");
        assertThatThrownBy(() -> volumes.create(
                        new VolumeRequest("vv", "other", Optional.empty(), Optional.empty(), Optional.empty())))
                .hasMessage("create vv: error looking up volume plugin other: plugin \"other\" not found");
        assertThat(volumes.list(Map.of())).isEmpty();
    }

    private void refuses(Map<String, String> options, String message) {
        assertThatThrownBy(() -> volumes.create(request("vv", options, Map.of())))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }

    @Test
    void oneWithoutAQuotaHasItsOwnDirectory() {
        volumes.create(request("data", Map.of("size", "0"), Map.of()));
        assertThat(volumes.source("data")).isEqualTo(new VolumeSource.Tree(volumes.mountpoint("data"), false, true));
    }

    @Test
    void oneInUseStaysAndSaysWhoUsesIt() {
        volumes.acquire(VolumeRequest.named("data"), CONTAINER);
        for (boolean force : List.of(false, true)) {
            assertThatThrownBy(() -> volumes.remove("data", force))
                    .hasMessage("remove data: volume is in use - [" + CONTAINER + "]")
                    .extracting(e -> ((EngineException) e).kind())
                    .isEqualTo(Kind.CONFLICT);
        }
        volumes.release("data", CONTAINER);
        volumes.remove("data", false);
        assertThatThrownBy(() -> volumes.remove("data", false)).hasMessage("get data: no such volume");
        volumes.remove("data", true);
        assertThat(dir.resolve("volumes")).isEmptyDirectory();
    }

    @Test
    void filtersAreDockers() {
        volumes.create(request("one", Map.of(), Map.of("a", "b")));
        volumes.acquire(request("two", Map.of(), Map.of("a", "c")), CONTAINER);
        assertThat(names("name", "^o")).containsExactly("one");
        assertThat(names("name", "[")).isEmpty();
        assertThat(names("label", "a")).containsExactly("one", "two");
        assertThat(names("label", "a=c")).containsExactly("two");
        assertThat(names("driver", "local")).hasSize(2);
        assertThat(names("driver", "nfs")).isEmpty();
        assertThat(names("dangling", "true")).containsExactly("one");
        assertThat(names("dangling", "0")).containsExactly("two");
        assertThatThrownBy(() -> names("dangling", "maybe")).hasMessage("invalid filter 'dangling=[maybe]'");
        assertThatThrownBy(() -> names("colour", "red")).hasMessage("invalid filter 'colour'");
    }

    @Test
    void aPruneTakesAnonymousOnesAndWithAllThoseWithNames() throws IOException {
        volumes.create(request("named", Map.of(), Map.of("keep", "")));
        volumes.create(request("elsewhere", Map.of("type", "tmpfs", "device", "tmpfs"), Map.of()));
        String anonymous = volumes.create(VolumeRequest.named("")).name();
        Files.write(volumes.mountpoint(anonymous).resolve("f"), new byte[1000]);
        volumes.acquire(VolumeRequest.named(""), CONTAINER);
        PrunedVolumes pruned = volumes.prune(Map.of());
        assertThat(pruned.names()).containsExactly(anonymous);
        assertThat(pruned.bytes()).isEqualTo(1000);
        Map<String, List<String>> all = Map.of("all", List.of("true"));
        assertThat(volumes.prune(Map.of("all", List.of("1"), "label!", List.of("keep")))
                        .names())
                .isEmpty();
        assertThat(volumes.prune(all).names()).containsExactly("named");
        assertThat(volumes.list(Map.of())).hasSize(2);
    }

    @Test
    void whatWasMadeForAContainerThatNeverCameIsRemoved() throws IOException {
        volumes.acquire(VolumeRequest.named("lost"), "a".repeat(64));
        volumes.acquire(VolumeRequest.named("kept"), CONTAINER);
        volumes.settle(CONTAINER);
        kill();
        volumes.recovered();
        assertThat(volumes.list(Map.of())).extracting(VolumeInspection::name).containsExactly("kept");
    }

    @Test
    void whatACrashLeavesIsRemovedAndForeignThingsAreLeftAlone() throws IOException {
        Path unfinished = Files.createDirectories(dir.resolve("volumes/.making-x/_data"));
        Path removed = Files.createDirectories(dir.resolve("volumes/.removed-x/_data/deep"));
        Path foreign = Files.createDirectories(dir.resolve("volumes/foreign/_data"));
        reopen();
        assertThat(unfinished.getParent()).doesNotExist();
        assertThat(removed.getParent()).doesNotExist();
        assertThat(foreign).exists();
        assertThat(volumes.list(Map.of())).isEmpty();
    }

    @Test
    void aCheckFindsWhatIsMissingAndNeverTakesAFile() throws IOException {
        volumes.create(VolumeRequest.named("whole"));
        Path data = volumes.create(request("lost", Map.of(), Map.of("a", "b"))).mountpoint();
        Path file = Files.writeString(data.resolve("f"), "kept");
        Path gone = volumes.create(VolumeRequest.named("gone")).mountpoint();
        close();
        Files.delete(gone);
        try (var records = Files.newDirectoryStream(data.getParent(), "config.*")) {
            for (Path record : records) {
                Files.writeString(record, "nonsense}\n");
            }
        }
        Path bare = Files.createDirectories(dir.resolve("volumes/bare"));
        assertThat(check(false))
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder("volume gone", "volume lost", "volume bare", "volume bare");
        assertThat(check(true)).allMatch(finding -> finding.outcome() == Finding.Outcome.REPAIRED);
        assertThat(check(false)).isEmpty();
        open();
        assertThat(file).hasContent("kept");
        assertThat(bare.resolve("_data")).isEmptyDirectory();
        assertThat(volumes.list(Map.of()))
                .extracting(VolumeInspection::name)
                .containsExactly("bare", "gone", "lost", "whole");
        List<Finding> live = new ArrayList<>();
        volumes.check().run(new Inspection(Repairs.NOTHING, live::add));
        assertThat(live).isEmpty();
    }

    private List<Finding> check(boolean repair) throws IOException {
        List<Finding> findings = new ArrayList<>();
        VolumeCheck.offline(dir).run(new Inspection(repair ? Repairs.ALL : Repairs.NOTHING, findings::add));
        return findings;
    }
}
