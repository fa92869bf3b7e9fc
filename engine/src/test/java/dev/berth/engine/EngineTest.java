package dev.berth.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.container.Containers;
import dev.berth.engine.container.CreateRequest;
import dev.berth.engine.container.StateView;
import dev.berth.engine.container.WaitCondition;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.error.EngineException.Kind;
import dev.berth.engine.log.LogQuery;
import dev.berth.engine.system.SystemInfo;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class EngineTest {
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

    private Containers containers() {
        return box.engine().containers();
    }

    @Test
    void aSecondEngineIsToldWhoHasTheDataRoot() {
        assertThatThrownBy(() -> box.open(box.dataRoot()))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT))
                .hasMessageContaining(box.dataRoot().toString())
                .hasMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void twoEnginesLiveSideBySide() throws Exception {
        try (Engine other = box.open(dir.resolve("other"))) {
            String id = other.containers()
                    .create(box.request(Box.command("exit 2"), ""))
                    .id();
            other.containers().start(id);
            assertThat(Box.soon(other.containers().await(id, WaitCondition.NOT_RUNNING))
                            .exitCode())
                    .isEqualTo(2);
            assertThatThrownBy(() -> containers().inspect(id)).hasMessage("No such container: " + id);
        }
    }

    @Test
    void whatWasThereIsThereAfterARestart() throws Exception {
        String id =
                box.create(Box.command("echo hello; echo changed > /file; exit 3") + ",\"Labels\":{\"k\":\"v\"}", "");
        box.run(id);
        String name = containers().inspect(id).name();
        StateView before = containers().inspect(id).state();
        String engineId = box.engine().system().id();
        box.reopen();
        assertThat(containers().inspect(name).id()).isEqualTo(id);
        assertThat(containers().inspect(id).state()).isEqualTo(before);
        assertThat(containers().inspect(id).config().labels()).containsEntry("k", "v");
        assertThat(box.engine().system().id()).isEqualTo(engineId);
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo("hello\n");
        assertThatThrownBy(() -> containers().create(named(name))).hasMessageContaining("already in use");
        assertThat(box.run(id)).isEqualTo(3);
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo("hello\nhello\n");
        box.remove(id);
        box.reopen();
        assertThatThrownBy(() -> containers().inspect(id)).hasMessageContaining("No such container");
    }

    @Test
    void closingStopsWhatRunsAndAlwaysMeansAlways() throws Exception {
        String script = "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done";
        String once = box.shell(script);
        String always = box.create(Box.command(script), "\"RestartPolicy\":{\"Name\":\"always\"}");
        for (String id : List.of(once, always)) {
            Taken taken = box.attach(id);
            containers().start(id);
            taken.awaitText("ready");
        }
        box.reopen();
        StateView state = containers().inspect(once).state();
        assertThat(state.status()).isEqualTo("exited");
        assertThat(state.exitCode()).isEqualTo(4);
        while (!box.status(always).equals("running")) {
            Thread.sleep(5);
        }
    }

    @Test
    void whatRanWhenAnEngineCrashedIsMarkedAsKilled() throws Exception {
        String id = box.shell("sleep 1000");
        containers().start(id);
        box.engine().containers().rename(id, "crashed");
        Path crash = copyOnceSaved(id);
        try (Engine next = box.open(crash)) {
            StateView state = next.containers().inspect("crashed").state();
            assertThat(state.status()).isEqualTo("exited");
            assertThat(state.exitCode()).isEqualTo(137);
            assertThat(state.pid()).isZero();
        }
    }

    @Test
    void whatWasHalfMadeIsSweptAndStrangersAreLeftAlone() throws Exception {
        Path containers = box.dataRoot().resolve("containers");
        Path unfinished = Files.createDirectory(containers.resolve("ab".repeat(32)));
        Files.writeString(unfinished.resolve("config.1.json"), "{\"crc32c\":\"00000000\",\"state\":{");
        Path stranger = Files.createDirectory(containers.resolve("lost+found"));
        box.reopen();
        assertThat(unfinished).doesNotExist();
        assertThat(stranger).exists();
        Files.delete(stranger);
    }

    @Test
    void theEngineTellsOfItself() {
        box.shell("true");
        SystemInfo info = box.engine().system();
        assertThat(info.containers()).isEqualTo(1);
        assertThat(info.containersStopped()).isEqualTo(1);
        assertThat(info.levels()).containsExactly("os");
        assertThat(info.memoryTotalBytes()).isPositive();
        assertThat(info.kernelVersion()).isNotBlank();
        assertThat(info.dataRoot()).isEqualTo(box.dataRoot());
    }

    private CreateRequest named(String name) {
        var request = box.request(Box.command("true"), "");
        return new CreateRequest(
                Optional.of(name), request.platform(), request.config(), request.hostConfig(), request.networking());
    }

    /** The data root as a crash would leave it: the state is saved in the background, which is waited for. */
    private Path copyOnceSaved(String id) throws Exception {
        Path state = box.dataRoot().resolve("containers").resolve(id);
        while (true) {
            try (Stream<Path> files = Files.list(state)) {
                List<Path> configs = files.filter(file -> file.toString().contains("config."))
                        .toList();
                if (configs.size() == 1 && Files.readString(configs.getFirst()).contains("crashed")) {
                    break;
                }
            }
            Thread.sleep(5);
        }
        Path copy = dir.resolve("crash");
        Path target = copy.resolve("containers").resolve(id);
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(state)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return copy;
    }
}
