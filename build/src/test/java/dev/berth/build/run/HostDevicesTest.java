package dev.berth.build.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.RunDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDevicesTest {
    private static final List<RunDevice> OPTIONAL = List.of(new RunDevice("vendor.com/gpu=all", false));
    private static final List<RunDevice> REQUIRED = List.of(new RunDevice("vendor.com/gpu=all", true));

    @TempDir
    Path dir;

    @Test
    void aHostWithoutSpecificationsHasNoDeviceAndOnlyOneThatIsRequiredIsMissed() throws IOException {
        Path empty = Files.createDirectory(dir.resolve("cdi"));
        HostDevices devices = new HostDevices(List.of(dir.resolve("none"), empty));
        assertThat(devices.leftOut(List.of())).isEmpty();
        assertThat(devices.leftOut(OPTIONAL))
                .containsExactly(" ---> Optional device vendor.com/gpu=all is not registered on this host\n");
        assertThatThrownBy(() -> devices.leftOut(REQUIRED))
                .isInstanceOf(BuildException.class)
                .hasMessage(
                        "RUN --device=vendor.com/gpu=all: the device is required and this host has none: there is no"
                                + " CDI specification in " + dir.resolve("none") + " or " + empty);
    }

    @Test
    void whereThereAreSpecificationsNoDeviceIsLeftOutInSilence() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("cdi"));
        Path specification = Files.writeString(folder.resolve("vendor.yaml"), "cdiVersion: 0.6.0\n");
        HostDevices devices = new HostDevices(List.of(folder));
        for (List<RunDevice> asked : List.of(OPTIONAL, REQUIRED)) {
            assertThatThrownBy(() -> devices.leftOut(asked))
                    .hasMessageContaining("this builder does not read the host's CDI specifications, of which "
                            + specification + " is one");
        }
        assertThat(devices.leftOut(List.of())).isEmpty();
    }
}
