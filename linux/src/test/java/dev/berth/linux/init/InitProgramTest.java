package dev.berth.linux.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.asm.Machine;
import dev.berth.linux.elf.Programs;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The init on this host's processor, and the other machine's under emulation; its children are this host's programs. */
@Needs({Need.QEMU_AARCH64, Need.BUSYBOX})
@LeavesNothingBehind
class InitProgramTest {
    private static final String BUSYBOX = busybox();

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(Machine.class)
    void itEndsWithItsChildsExitCode(Machine machine) throws Exception {
        Programs.Result result = run(machine, BUSYBOX, "sh", "-c", "echo \"$1 $HOME\"; exit 7", "zero", "one");
        assertThat(result.output()).isEqualTo("one " + System.getenv("HOME") + "\n");
        assertThat(result.code()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aChildThatASignalEndsIsReportedAs128AndTheSignal(Machine machine) throws Exception {
        assertThat(run(machine, BUSYBOX, "sh", "-c", "kill -TERM $$").code()).isEqualTo(128 + 15);
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void signalsArePassedOn(Machine machine) throws Exception {
        String script = "trap 'echo hup' HUP; trap 'echo term; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        Process init = new ProcessBuilder(
                        Programs.command(machine, InitProgram.executable(machine), dir, BUSYBOX, "sh", "-c", script))
                .start();
        try (BufferedReader output = init.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            signal("HUP", init.pid());
            assertThat(output.readLine()).isEqualTo("hup");
            signal("TERM", init.pid());
            assertThat(output.readLine()).isEqualTo("term");
            assertThat(init.waitFor()).isEqualTo(3);
        } finally {
            init.destroyForcibly();
        }
    }

    /** The shell in the middle ends at once, so the innermost is an orphan; it leaves a zombie unless waited for. */
    private String makeAnOrphanAndLookForItAfterItsEnd() {
        return "cd " + dir + "; sh -c 'sh -c \"echo \\$\\$ >orphan; exec sleep 0.1\" &'; sleep 0.5;"
                + " read orphan <orphan; ls -d /proc/$orphan 2>/dev/null; echo gone";
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    @Needs(Need.ROOT)
    void asProcess1ItWaitsForOrphans(Machine machine) throws Exception {
        List<String> command = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
        command.addAll(Programs.command(
                machine,
                InitProgram.executable(machine),
                dir,
                BUSYBOX,
                "sh",
                "-c",
                makeAnOrphanAndLookForItAfterItsEnd()));
        Process process = new ProcessBuilder(command).start();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("gone");
        }
        assertThat(process.waitFor()).isZero();
    }

    /** Emulation knows no PR_SET_CHILD_SUBREAPER: only this host's own machine. */
    @Test
    void elsewhereItAsksForOrphansAndWaitsForThem() throws Exception {
        Machine machine = Machine.host().orElseThrow();
        assertThat(run(machine, BUSYBOX, "sh", "-c", makeAnOrphanAndLookForItAfterItsEnd())
                        .output())
                .isEqualTo("gone\n");
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void itsChildHasAProcessGroupOfItsOwnAndNoBlockedSignals(Machine machine) throws Exception {
        Programs.Result result = run(
                machine,
                BUSYBOX,
                "sh",
                "-c",
                "read pid comm state ppid pgrp rest </proc/$$/stat; [ $pid = $pgrp ] && grep SigBlk /proc/$$/status");
        assertThat(result.output()).isEqualTo("SigBlk:\t0000000000000000\n");
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aMissingProgramIs127(Machine machine) throws Exception {
        Programs.Result result = run(machine, "/no/such/program");
        assertThat(result.output()).isEqualTo("berth-init: cannot run /no/such/program: there is no such program\n");
        assertThat(result.code()).isEqualTo(127);
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aFileThatIsNoProgramIs126(Machine machine) throws Exception {
        Path file = Files.writeString(dir.resolve("text"), "no program");
        Programs.Result result = run(machine, file.toString());
        assertThat(result.output()).isEqualTo("berth-init: cannot run " + file + ": it cannot be executed\n");
        assertThat(result.code()).isEqualTo(126);
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void noProgramAtAllIs127(Machine machine) throws Exception {
        Programs.Result result = run(machine);
        assertThat(result.output()).contains("no program is named");
        assertThat(result.code()).isEqualTo(127);
    }

    private Programs.Result run(Machine machine, String... arguments) throws Exception {
        return Programs.run(machine, InitProgram.executable(machine), dir, arguments);
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static String busybox() {
        return List.of("/bin/busybox", "/usr/bin/busybox").stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("/bin/busybox");
    }
}
