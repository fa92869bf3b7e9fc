package dev.berth.linux.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.Errno;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.process.ExitStatus;
import dev.berth.linux.process.Pidfd;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.util.List;
import org.junit.jupiter.api.Test;

@Needs(Need.ROOT)
@LeavesNothingBehind
class LauncherTest {
    @Test
    void aChildExecutesItsProgram() {
        try (Launcher launcher = new Launcher();
                Program program = new Program(16)) {
            program.call(SystemCall.SETHOSTNAME, () -> "set the host name", program.string("box"), 3);
            program.call(
                    SystemCall.EXECVE,
                    () -> "execute /bin/sh",
                    program.string("/bin/sh"),
                    program.strings(List.of("sh", "-c", "test $(hostname) = box && exit 42")),
                    program.strings(List.of("PATH=/usr/bin:/bin")));
            try (Pidfd child = launcher.launch(program, Launcher.Options.namespaces(CloneFlags.NEW_UTS))) {
                assertThat(child.waitFor()).isEqualTo(new ExitStatus.Code(42));
            }
        }
    }

    @Test
    void aFailedStepIsNamed() {
        try (Launcher launcher = new Launcher();
                Program program = new Program(16)) {
            program.call(SystemCall.CHDIR, () -> "change to /no/such/dir", program.string("/no/such/dir"));
            assertThatThrownBy(() -> launcher.launch(program, Launcher.Options.namespaces(0)))
                    .isInstanceOf(LaunchException.class)
                    .hasMessage("change to /no/such/dir: no such file or directory (ENOENT)")
                    .satisfies(e ->
                            assertThat(((LaunchException) e).is(Errno.ENOENT)).isTrue());
        }
    }
}
