package dev.berth.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.ImageOptions;
import dev.berth.image.check.Finding;
import dev.berth.image.check.Finding.Outcome;
import dev.berth.image.check.Finding.Weight;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds of containers, while the engine runs and while none does. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class CheckTest {
    @TempDir
    Path dir;

    private Box box;
    private String container;

    @BeforeEach
    void open() throws Exception {
        box = new Box(dir);
        container = box.shell("exit 3");
        box.run(container);
    }

    @AfterEach
    void close() {
        box.close();
    }

    @Test
    void anEngineInUseIsFoundClean() throws Exception {
        String image = box.engine().images().store().find("hello-world").id().toString();
        assertThat(image).startsWith("sha256:");
        String running = box.shell("sleep 60");
        box.engine().containers().start(running);
        assertThat(online(false)).isEmpty();
        assertThat(online(true)).isEmpty();
        assertThat(box.status(running)).isEqualTo("running");
        assertThat(box.status(container)).isEqualTo("exited");
    }

    @Test
    void aStateThatWasChangedBehindTheEnginesBackIsWrittenAgain() throws Exception {
        Path file = state();
        Files.writeString(file, "nonsense");
        assertThat(online(true)).singleElement().extracting(Finding::outcome).isEqualTo(Outcome.REPAIRED);
        assertThat(online(false)).isEmpty();
        box.reopen();
        assertThat(box.engine().containers().inspect(container).state().exitCode())
                .isEqualTo(3);
    }

    @Test
    void aDirectoryWithoutAStateIsWhatACrashHasLeft() throws Exception {
        Path left = Files.createDirectories(containers().resolve("ab".repeat(32)));
        Files.writeString(left.resolve("hosts"), "");
        assertThat(online(false)).singleElement().satisfies(finding -> {
            assertThat(finding.weight()).isEqualTo(Weight.UNFINISHED);
            assertThat(finding.subject()).isEqualTo("container abababababab");
        });
        assertThat(left).exists();
        assertThat(online(true)).hasSize(1);
        assertThat(left).doesNotExist();
    }

    @Test
    void aStateThatWasCutOffGivesWayToTheOneBefore() throws Exception {
        Path file = state();
        box.engine().close();
        byte[] whole = Files.readAllBytes(file);
        Path next = containers().resolve(container).resolve("config.900.json");
        Files.write(next, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(offline(true))
                .singleElement()
                .satisfies(finding -> assertThat(finding.line())
                        .isEqualTo("unfinished: file " + next
                                + ": it was not written to its end; removed: the one before counts"));
        assertThat(offline(false)).isEmpty();
        assertThat(file).exists();
        box.reopen();
    }

    @Test
    void theOnlyStateIsNotThrownAwayBecauseItIsDamaged() throws Exception {
        Path file = state();
        box.engine().close();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(offline(true)).singleElement().satisfies(finding -> {
            assertThat(finding.outcome()).isEqualTo(Outcome.LEFT);
            assertThat(finding.problem()).isEqualTo("its checksum is wrong");
        });
        box.reopen();
        assertThat(file).hasBinaryContent(bytes);
        assertThatThrownBy(() -> box.engine().containers().inspect(container))
                .hasMessageContaining("No such container");
    }

    @Test
    void twoContainersOfOneNameAreNamed() throws Exception {
        box.engine().close();
        Path own = containers().resolve(container);
        Path twin = Files.createDirectory(containers().resolve("cd".repeat(32)));
        try (Stream<Path> files = Files.list(own)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, twin.resolve(String.valueOf(file.getFileName())));
            }
        }
        assertThat(offline(false))
                .singleElement()
                .satisfies(finding -> assertThat(finding.problem())
                        .isEqualTo("its state is that of container " + container.substring(0, 12)));
        box.reopen();
    }

    @Test
    void changesThatNoContainerOwnsAreRemovedByTheNextEngine() throws Exception {
        box.engine().close();
        Path orphan = Files.createDirectories(box.dataRoot().resolve("containers-fs/" + "ef".repeat(32) + "/upper"));
        assertThat(offline(false)).singleElement().extracting(Finding::problem).isEqualTo("it belongs to no container");
        box.reopen();
        assertThat(orphan).doesNotExist();
    }

    @Test
    void aDataRootInUseIsNotCheckedFromOutside() {
        assertThatThrownBy(() -> offline(false)).hasMessageContaining("is in use by another engine");
        assertThatThrownBy(() -> Engine.check(dir.resolve("nowhere"), ImageOptions.DEFAULT, false, finding -> {}))
                .hasMessage("there is no data root " + dir.resolve("nowhere"));
    }

    private List<Finding> online(boolean repair) throws IOException {
        List<Finding> found = new ArrayList<>();
        box.engine().check(repair, found::add);
        return found;
    }

    private List<Finding> offline(boolean repair) throws IOException {
        List<Finding> found = new ArrayList<>();
        Engine.check(box.dataRoot(), ImageOptions.DEFAULT, repair, found::add);
        return found;
    }

    private Path containers() {
        return box.dataRoot().resolve("containers");
    }

    /** The container's one file of state, once the older ones are gone. */
    private Path state() throws Exception {
        for (int i = 0; i < 600; i++) {
            try (Stream<Path> files = Files.list(containers().resolve(container))) {
                List<Path> states = files.filter(
                                file -> String.valueOf(file.getFileName()).startsWith("config."))
                        .toList();
                if (states.size() == 1) {
                    return states.getFirst();
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the state was not brought to the disk in 30 s");
    }
}
