package dev.berth.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.engine.container.Containers;
import dev.berth.engine.container.RemoveRequest;
import dev.berth.engine.container.StateView;
import dev.berth.engine.container.StopRequest;
import dev.berth.engine.log.LogQuery;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that outlive an engine. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class LiveRestoreTest {
    @TempDir
    Path dir;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir, true);
    }

    @AfterEach
    void close() {
        box.close();
    }

    private Containers containers() {
        return box.engine().containers();
    }

    @Test
    void aRunningContainerGoesOnAndItsOutputIsWhole() throws Exception {
        String id =
                box.shell("i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; done; echo -n end; sleep 0.2; exit 7");
        containers().start(id);
        StateView before = containers().inspect(id).state();
        for (int i = 0; i < 5; i++) {
            box.reopen();
        }
        if (containers().inspect(id).state().status().equals("running")) {
            assertThat(containers().inspect(id).state().pid()).isEqualTo(before.pid());
            assertThat(containers().inspect(id).state().startedAt()).isEqualTo(before.startedAt());
        }
        assertThat(box.await(id).exitCode()).isEqualTo(7);
        String numbers = IntStream.rangeClosed(1, 3000).mapToObj(i -> i + "\n").collect(Collectors.joining());
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo(numbers + "end");
    }

    @Test
    void howItEndedWhileThereWasNoEngineIsLearnt() throws Exception {
        String id = box.shell("read line; echo bye; exit 9");
        box.remove(id);
        id = box.create(Box.command("read line; echo bye; exit 9") + ",\"OpenStdin\":true", "");
        containers().start(id);
        int pid = containers().inspect(id).state().pid();
        Taken taken = box.attach(id);
        taken.attachment().write(ByteBuffer.wrap("go\n".getBytes(StandardCharsets.UTF_8)));
        box.engine().close();
        while (ProcessHandle.of(pid).isPresent()) {
            Thread.sleep(5);
        }
        box.reopen();
        assertThat(box.await(id).exitCode()).isEqualTo(9);
        assertThat(containers().inspect(id).state().status()).isEqualTo("exited");
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo("bye\n");
    }

    @Test
    void aContainerTakenUpIsAttachedToExecedPausedAndStopped() throws Exception {
        String id = box.create(Box.command("cat; exit 3") + ",\"OpenStdin\":true,\"StdinOnce\":true", "");
        containers().start(id);
        box.reopen();
        containers().pause(id);
        box.reopen();
        assertThat(box.status(id)).isEqualTo("paused");
        containers().unpause(id);
        String exec =
                box.engine().execs().create(id, Box.exec("\"Cmd\":[\"sh\",\"-c\",\"echo from exec > /proc/1/fd/1\"]"));
        box.engine().execs().startDetached(exec, false);
        Taken taken = box.attach(id);
        taken.attachment().write(ByteBuffer.wrap("typed\n".getBytes(StandardCharsets.UTF_8)));
        taken.awaitText("typed");
        taken.attachment().closeInput();
        assertThat(box.await(id).exitCode()).isEqualTo(3);
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).contains("typed\n");
        String other = box.shell("trap 'exit 5' TERM; while :; do sleep 0.05; done");
        containers().start(other);
        box.reopen();
        containers().stop(other, StopRequest.DEFAULT);
        assertThat(containers().inspect(other).state().exitCode()).isEqualTo(5);
    }

    @Test
    void aPolicyIsFollowedForWhatEndedMeanwhileAndAnEndIsForgottenWithItsSpool() throws Exception {
        String id = box.create(
                Box.command("echo run; read line; exit 1") + ",\"OpenStdin\":true",
                "\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":1}");
        containers().start(id);
        Taken taken = box.attach(id);
        taken.attachment().write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
        box.reopen();
        while (containers().inspect(id).restartCount() == 0 || !box.status(id).equals("running")) {
            Thread.sleep(5);
        }
        box.reopen();
        assertThat(containers().inspect(id).restartCount()).isEqualTo(1);
        box.attach(id).attachment().write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(box.await(id).exitCode()).isEqualTo(1);
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo("run\nrun\n");
        try (Stream<Path> left = Files.list(dir.resolve("exec-data/sandboxes/" + id))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatEndsWhileAnEngineIsClosedIsFreedByThatOrTheNext() throws Exception {
        for (int round = 0; round < 60; round++) {
            String id = box.create(Box.command("read line; exit 4") + ",\"OpenStdin\":true", "");
            containers().start(id);
            box.attach(id).attachment().write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
            LockSupport.parkNanos(round * 50_000L);
            box.reopen();
            assertThat(box.await(id).exitCode()).isEqualTo(4);
            containers().remove(id, RemoveRequest.DEFAULT);
            assertThat(groups(id)).isEmpty();
        }
    }

    /** The container's control groups, of all hierarchies. */
    private static List<Path> groups(String id) throws IOException {
        try (Stream<Path> files = Files.find(
                Path.of("/sys/fs/cgroup"), 4, (path, attributes) -> path.endsWith(id) && attributes.isDirectory())) {
            return files.toList();
        }
    }

    @Test
    void whatTheProbesSaidIsKnownToTheNextEngine() throws Exception {
        String id = box.create(
                Box.command("sleep 1000")
                        + ",\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"echo fine\"],\"Interval\":20000000}",
                "");
        containers().start(id);
        while (!containers().inspect(id).state().health().orElseThrow().status().equals("healthy")) {
            Thread.sleep(5);
        }
        box.engine().close();
        box.reopen();
        assertThat(containers().inspect(id).state().health().orElseThrow().status())
                .isEqualTo("healthy");
        int probes =
                containers().inspect(id).state().health().orElseThrow().log().size();
        assertThat(probes).isPositive();
    }
}
