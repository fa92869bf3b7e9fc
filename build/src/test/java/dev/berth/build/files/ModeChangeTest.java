package dev.berth.build.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.build.BuildException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModeChangeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "755",
                "0644",
                "00004755",
                "+x",
                "a+X",
                "u=rwX,go=rX",
                "g=u",
                "o=g",
                "u+s",
                "g-w",
                "a=r",
                "ug+w,o-rwx",
                "+t",
                "u=rw+x",
                "o=",
                "go-rwx,u+x",
                "a=rwx",
                "-x",
                "g=u-w"
            })
    void aModeIsWhatChmodMakesOfIt(String change, @TempDir Path dir) throws Exception {
        for (int mode : new int[] {0644, 0755, 0600, 0, 0111, 0754}) {
            Path file = Files.createFile(dir.resolve("file" + mode));
            assertThat(ModeChange.parse(change).of(mode, false))
                    .as("%s of %o", change, mode)
                    .isEqualTo(changed(file, mode, change));
            Path directory = Files.createDirectory(dir.resolve("directory" + mode));
            assertThat(ModeChange.parse(change).of(mode, true))
                    .as("%s of directory %o", change, mode)
                    .isEqualTo(changed(directory, mode, change));
        }
    }

    /** As the host's chmod does it, where no umask takes anything away. */
    private static int changed(Path file, int mode, String change) throws IOException, InterruptedException {
        Files.setAttribute(file, "unix:mode", mode);
        Process chmod = new ProcessBuilder(
                        "sh", "-c", "umask 0; exec chmod -- \"$1\" \"$2\"", "chmod", change, file.toString())
                .inheritIO()
                .start();
        assertThat(chmod.waitFor()).isZero();
        return (int) Files.getAttribute(file, "unix:mode") & 07777;
    }

    /** Of the mode that the file had, as FreeBSD's chmod, whose manual Docker's reference names. */
    @Test
    void whetherAFileIsExecutableIsAskedOfTheModeThatItHad() {
        assertThat(ModeChange.parse("u+x,a+X").of(0644, false)).isEqualTo(0744);
    }

    @Test
    void withoutAChangeAModeStays() {
        assertThat(ModeChange.parse("").of(06751, false)).isEqualTo(06751);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "77777", "u", "u=q", "z+x", "u+x,", ",", "+x go", "-1", "u=ug"})
    void whatIsNoModeIsRefused(String text) {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> ModeChange.parse(text))
                .withMessageStartingWith("invalid chmod parameter: '" + text
                        + "'. it should be octal string and between" + " 0 and 07777");
    }
}
