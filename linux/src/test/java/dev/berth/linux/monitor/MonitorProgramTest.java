package dev.berth.linux.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.file.MemoryFile;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.Grandchild;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Launcher;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.launch.Step;
import dev.berth.linux.process.Pidfd;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The monitor on this host's processor, launched as a sandbox's is: first its child, then itself. */
@Needs(Need.ROOT)
@LeavesNothingBehind
class MonitorProgramTest {
    private static final Launcher.Options SHARING = new Launcher.Options(0, Optional.empty(), Optional.empty(), true);

    @Test
    void itTellsHowAndWhenItsChildEnded() {
        try (Pipe input = Pipe.open();
                Pipe report = Pipe.open();
                Launched launched = launch("read line; exit 7", input, report)) {
            Instant before = Instant.now();
            assertThat(launched.monitor.signal(MonitorProgram.CLOSE_INPUT)).isTrue();
            input.input().close();
            assertThat(reported(report.output())[0]).isEqualTo(7L << 8);
            launched.monitor.signal(9);
            launched.monitor.waitFor();
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(60));
        }
    }

    @Test
    void itWaitsOnWithItsDescriptorsForWhoeverFetchesThem() throws Exception {
        try (Pipe input = Pipe.open();
                Pipe report = Pipe.open();
                Launched launched = launch("kill -TERM $$", input, report)) {
            assertThat(reported(report.output())).satisfies(words -> {
                assertThat(words[0]).isEqualTo(15);
                assertThat(Duration.between(Instant.ofEpochSecond(words[1], words[2]), Instant.now()))
                        .isBetween(Duration.ofSeconds(-1), Duration.ofSeconds(60));
            });
            try (Fd fetched = launched.monitor.descriptor(0);
                    InputStream reader =
                            Files.newInputStream(Path.of(input.output().procPath()));
                    Arena arena = Arena.ofConfined()) {
                MemorySegment text = arena.allocateFrom("hello");
                Kernel.running().call(SystemCall.WRITE, "write", fetched.number(), text.address(), 5);
                assertThat(reader.readNBytes(5)).asString().isEqualTo("hello");
            }
            launched.monitor.signal(9);
            launched.monitor.waitFor();
        }
    }

    @Test
    void aGrandchildsFailureIsTheLaunchs() {
        try (Pipe input = Pipe.open();
                Pipe report = Pipe.open()) {
            assertThatThrownBy(() -> launch("", input, report, "/no/such/program"))
                    .isInstanceOf(LaunchException.class)
                    .hasMessage("execute /no/such/program: no such file or directory (ENOENT)");
        }
    }

    private record Launched(Pidfd monitor, Pidfd child) implements AutoCloseable {
        @Override
        public void close() {
            child.close();
            monitor.close();
        }
    }

    private static Launched launch(String script, Pipe input, Pipe report) {
        return launch(script, input, report, "/bin/sh");
    }

    private static Launched launch(String script, Pipe input, Pipe report, String shell) {
        byte[] executable = MonitorProgram.executable(Kernel.running().machine());
        try (Launcher launcher = new Launcher();
                Fd monitor = MemoryFile.create("monitor", executable);
                Program program = new Program(32)) {
            Calls calls = new Calls(program);
            long noStrings = program.strings(List.of());
            Grandchild child = calls.makeChild(0, Optional.empty());
            calls.duplicate(Operand.of(input.output().number()), 0);
            calls.closeOnExecFrom(3);
            calls.resetSignals(0);
            calls.execute(shell, program.strings(List.of("sh", "-c", script)), noStrings);
            Step own = calls.partWithDescriptorsFrom(3);
            child.step().makerGoesTo(own);
            calls.duplicate(Operand.of(input.input().number()), 0);
            calls.duplicate(Operand.of(report.input().number()), 1);
            calls.execute(monitor.number(), program.strings(List.of("monitor")), noStrings);
            try {
                return new Launched(
                        launcher.launch(program, SHARING), child.process().orElseThrow());
            } catch (LaunchException e) {
                child.process().ifPresent(Pidfd::close);
                throw e;
            }
        }
    }

    private static long[] reported(Fd report) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(MonitorProgram.REPORT_SIZE, 8);
            long count =
                    Kernel.running().call(SystemCall.READ, "read", report.number(), words.address(), words.byteSize());
            assertThat(count).isEqualTo(MonitorProgram.REPORT_SIZE);
            return words.toArray(ValueLayout.JAVA_LONG);
        }
    }
}
