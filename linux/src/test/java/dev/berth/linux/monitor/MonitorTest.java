package dev.berth.linux.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.file.MemoryFile;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Launcher;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.monitor.Monitor.Report;
import dev.berth.linux.process.ExitStatus;
import dev.berth.linux.process.Pidfd;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The monitor on this host's processor, launched as a sandbox's is. */
@Needs(Need.ROOT)
@LeavesNothingBehind
class MonitorTest {
    @TempDir
    Path dir;

    @Test
    void itTellsHowAndWhenItsProcessEnded() {
        Instant before = Instant.now();
        try (Pipe input = Pipe.open();
                Monitor monitor = launch("/bin/sh", "read line; exit 7", input)) {
            monitor.closeInput();
            input.input().close();
            Report report = told(monitor);
            assertThat(report.status()).isEqualTo(new ExitStatus.Code(7));
            assertThat(report.at())
                    .isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
            assertThat(Monitor.report(dir.resolve("record"))).contains(report);
            monitor.end();
        }
    }

    @Test
    void anEngineThatComesLaterFindsItByItsRecordAndFetchesWhatItHolds() throws Exception {
        try (Pipe input = Pipe.open()) {
            launch("/bin/sh", "read line; kill -TERM $$", input).close();
            try (Monitor found = Monitor.of(dir.resolve("record")).orElseThrow();
                    Fd fetched = found.input().orElseThrow();
                    Fd held = found.held(0).orElseThrow();
                    InputStream nothing = Files.newInputStream(Path.of(held.procPath()));
                    Arena arena = Arena.ofConfined()) {
                assertThat(found.held(1)).isEmpty();
                assertThat(nothing.read()).isEqualTo(-1);
                assertThat(Monitor.report(dir.resolve("record"))).isEmpty();
                Kernel.running()
                        .call(
                                SystemCall.WRITE,
                                "write",
                                fetched.number(),
                                arena.allocateFrom("\n").address(),
                                1);
                assertThat(told(found).status()).isEqualTo(new ExitStatus.Signal(15));
                found.end();
            }
            assertThat(Monitor.of(dir.resolve("record"))).isEmpty();
            assertThat(Monitor.report(dir.resolve("record")).orElseThrow().status())
                    .isEqualTo(new ExitStatus.Signal(15));
        }
    }

    @Test
    void whereSomebodyKillsItThereIsNoReport() {
        try (Pipe input = Pipe.open();
                Monitor monitor = launch("/bin/sh", "read line", input)) {
            try (Pidfd process = monitor.process(0).orElseThrow()) {
                monitor.end();
                process.signal(9);
            }
            assertThat(Monitor.of(dir.resolve("record"))).isEmpty();
            assertThat(Monitor.report(dir.resolve("record"))).isEmpty();
        }
    }

    @Test
    void aRecordThatNamesAnotherProcessIsNobodys() throws Exception {
        Path record = dir.resolve("record");
        try (Arena arena = Arena.ofConfined()) {
            OpenFile file = OpenFile.open(record.toString(), Open.WRITE | Open.CREATE);
            try (Fd fd = file.fd()) {
                file.write(arena.allocateFrom(
                        java.lang.foreign.ValueLayout.JAVA_LONG,
                        ProcessHandle.current().pid()));
                assertThat(fd.isOpen()).isTrue();
            }
        }
        assertThat(Monitor.of(record)).isEmpty();
    }

    @Test
    void aFailureOfTheProcessIsTheLaunchs() {
        try (Pipe input = Pipe.open()) {
            assertThatThrownBy(() -> launch("/no/such/program", "", input))
                    .isInstanceOf(LaunchException.class)
                    .hasMessage("execute /no/such/program: no such file or directory (ENOENT)");
        }
    }

    /** Waits for the report in the pipe; gives that of the record, which was there before. */
    private static Report told(Monitor monitor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(MonitorProgram.REPORT_SIZE);
            long count = Kernel.running()
                    .call(SystemCall.READ, "read", monitor.endFd().number(), bytes.address(), bytes.byteSize());
            assertThat(count).isEqualTo(MonitorProgram.REPORT_SIZE);
        }
        return monitor.report().orElseThrow();
    }

    /** A shell that reads from the pipe, and its monitor, which holds the pipe's other end and an empty file. */
    private Monitor launch(String shell, String script, Pipe input) {
        byte[] executable = MonitorProgram.executable(Kernel.running().machine());
        OpenFile record = OpenFile.open(dir.resolve("record").toString(), Open.WRITE | Open.CREATE | Open.TRUNCATE);
        try (Launcher launcher = new Launcher();
                Fd recordFd = record.fd();
                Fd program = MemoryFile.create("monitor", executable);
                Fd nothing = MemoryFile.create("nothing");
                Program steps = new Program(64)) {
            Pipe report = Pipe.open();
            Calls calls = new Calls(steps);
            MonitorLaunch launch = MonitorLaunch.begin(
                    steps,
                    calls,
                    new MonitorLaunch.Held(program, record, report, input.input(), List.of(nothing)),
                    Optional.empty(),
                    0,
                    Optional.empty());
            calls.duplicate(Operand.of(input.output().number()), 0);
            calls.closeOnExecFrom(3);
            calls.resetSignals(0);
            calls.execute(shell, steps.strings(List.of("sh", "-c", script)), steps.strings(List.of()));
            launch.end();
            try {
                Pidfd monitor =
                        launcher.launch(steps, new Launcher.Options(0, Optional.empty(), Optional.empty(), true));
                report.input().close();
                return new Monitor(monitor, report.output(), dir.resolve("record"));
            } catch (LaunchException e) {
                report.close();
                throw e;
            } finally {
                launch.process().process().ifPresent(Pidfd::close);
                assertThat(recordFd.isOpen()).isTrue();
            }
        }
    }
}
