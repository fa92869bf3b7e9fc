package dev.berth.level.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.level.Exit;
import dev.berth.level.Level.TakenUp;
import dev.berth.level.ProcessOutput;
import dev.berth.level.ProcessOutput.Stream;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.SandboxSpec;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes that outlive the level that started them. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class TakeUpTest {
    @TempDir
    Path dir;

    private Box box;
    private OsLevel successor;

    @BeforeEach
    void open() throws Exception {
        box = new Box(dir);
        successor = OsLevel.open(dir.resolve("exec"));
    }

    @AfterEach
    void close() {
        successor.close();
        box.close();
    }

    @Test
    void aSandboxThatWasLeftGoesOnAndIsTakenUp() throws Exception {
        SandboxSpec spec = box.spec(Box.streams(box.shell("echo one; cat; echo two >&2; exit 3"), false, true));
        Collected before = new Collected();
        Sandbox sandbox = box.level.create(spec);
        int pid;
        {
            SandboxProcess process = sandbox.start(before);
            before.await("one");
            pid = process.pid();
            process.kept(Stream.STDOUT, 4);
            sandbox.leave();
        }
        Collected after = new Collected();
        TakenUp taken = successor.takeUp(spec, after, Map.of(Stream.STDOUT, 4L)).orElseThrow();
        try (Sandbox again = taken.sandbox()) {
            assertThat(taken.process().pid()).isEqualTo(pid);
            assertThat(again.pids()).contains(pid);
            taken.process().write(bytes("typed\n")).get(10, TimeUnit.SECONDS);
            after.await("typed");
            taken.process().closeInput();
            assertThat(taken.process().exit().get(10, TimeUnit.SECONDS).code()).isEqualTo(3);
            assertThat(after.out()).isEqualTo("typed\n");
            assertThat(after.err()).isEqualTo("two\n");
            again.forget();
        }
    }

    @Test
    void whatItPrintedAndNobodyKeptIsGivenAgain() throws Exception {
        SandboxSpec spec = box.spec(box.shell("seq 1 100000; read never"));
        spec = Box.with(spec, Box.streams(spec.process(), false, true));
        Collected before = new Collected();
        Sandbox sandbox = box.level.create(spec);
        sandbox.start(before);
        before.await("\n100000\n");
        sandbox.leave();
        Collected after = new Collected();
        try (Sandbox again =
                successor.takeUp(spec, after, Map.of()).orElseThrow().sandbox()) {
            after.await("\n100000\n");
            assertThat(again.pids()).isNotEmpty();
            assertThat(after.out()).isEqualTo(before.out());
        }
    }

    @Test
    void howItEndedMeanwhileIsToldAndWhenAndWhatItPrinted() throws Exception {
        SandboxSpec spec = box.spec(box.shell("read line; echo $line; exit 42"));
        spec = Box.with(spec, Box.streams(spec.process(), false, true));
        Sandbox sandbox = box.level.create(spec);
        SandboxProcess process = sandbox.start(ProcessOutput.discard());
        process.write(bytes("last words\n")).get(10, TimeUnit.SECONDS);
        sandbox.leave();
        while (ProcessHandle.of(process.pid()).isPresent()) {
            Thread.sleep(10);
        }
        Instant ended = Instant.now();
        Collected after = new Collected();
        TakenUp taken = successor.takeUp(spec, after, Map.of()).orElseThrow();
        try (Sandbox again = taken.sandbox()) {
            Exit exit = taken.process().exit().get(10, TimeUnit.SECONDS);
            assertThat(exit.code()).isEqualTo(42);
            assertThat(exit.at()).isBefore(ended.plusMillis(100));
            assertThat(after.out()).isEqualTo("last words\n");
            assertThat(again.id()).isEqualTo(spec.id());
        }
    }

    @Test
    void aClosedSandboxCanStillTellUntilItIsForgotten() throws Exception {
        SandboxSpec spec = box.spec(box.shell("echo words; exit 5"));
        Sandbox sandbox = box.level.create(spec);
        sandbox.start(ProcessOutput.discard()).exit().get(10, TimeUnit.SECONDS);
        sandbox.close();
        Collected after = new Collected();
        TakenUp taken = successor.takeUp(spec, after, Map.of()).orElseThrow();
        assertThat(taken.process().exit().get(10, TimeUnit.SECONDS).code()).isEqualTo(5);
        assertThat(after.out()).isEqualTo("words\n");
        taken.sandbox().close();
        taken.sandbox().forget();
        assertThat(spec.stateDir().toFile().list()).containsOnly("upper", "work");
        assertThat(successor.takeUp(spec, after, Map.of())).isEmpty();
        successor.discard(spec.id(), spec.stateDir());
    }

    @Test
    void aTerminalIsTakenUpAndFurtherProcessesRun() throws Exception {
        SandboxSpec spec = box.spec(Box.streams(box.shell("echo begun; read line; echo got $line"), true, true));
        Collected before = new Collected();
        Sandbox sandbox = box.level.create(spec);
        sandbox.start(before);
        before.await("begun");
        sandbox.leave();
        Collected after = new Collected();
        TakenUp taken = successor.takeUp(spec, after, Map.of(Stream.STDOUT, 7L)).orElseThrow();
        try (Sandbox again = taken.sandbox()) {
            Collected further = new Collected();
            SandboxProcess exec = again.exec(Box.streams(box.shell("tty; id -u"), true, false), further);
            assertThat(exec.exit().get(10, TimeUnit.SECONDS).code()).isZero();
            assertThat(further.out()).contains("/dev/pts/").contains("0");
            taken.process().write(bytes("this\n")).get(10, TimeUnit.SECONDS);
            assertThat(taken.process().exit().get(10, TimeUnit.SECONDS).code()).isZero();
            assertThat(after.out()).contains("got this");
        }
    }

    @Test
    void whatIsNotTakenUpIsDiscarded() throws Exception {
        SandboxSpec spec = box.spec(box.process("sleep", "100"));
        SandboxProcess process = box.level.create(spec).start(ProcessOutput.discard());
        successor.discard(spec.id(), spec.stateDir());
        assertThat(process.exit().get(10, TimeUnit.SECONDS).code()).isEqualTo(137);
        assertThat(successor.takeUp(spec, ProcessOutput.discard(), Map.of())).isEmpty();
        successor.discard(spec.id(), spec.stateDir());
    }

    @Test
    void controlGroupsThatNobodyKnowsOfAreSwept() throws Exception {
        SandboxSpec spec = box.spec(box.process("sleep", "100"));
        Sandbox known = box.level.create(spec);
        SandboxProcess process = known.start(ProcessOutput.discard());
        box.level.sweep();
        assertThat(known.pids()).isNotEmpty();
        successor.sweep(); // it was opened before
        assertThat(known.pids()).isNotEmpty();
        try (OsLevel later = OsLevel.open(dir.resolve("exec"))) {
            later.sweep();
            assertThat(process.exit().get(10, TimeUnit.SECONDS).code()).isEqualTo(137);
        }
        known.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
