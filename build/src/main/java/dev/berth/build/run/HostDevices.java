package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.RunDevice;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The devices of this host that CDI specifications tell of (Container Device Interface, "CDI JSON specification"). Where there
 * are none, no RUN gets one; where there are some, what they say is not known here.
 */
final class HostDevices {
    /** Of the host as it is. */
    static final HostDevices HERE = new HostDevices(List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi")));

    private final List<Path> folders;

    /** @param folders that have specifications */
    HostDevices(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /**
     * What is said of devices that are left out, since this host has none.
     *
     * @throws BuildException INVALID where one is required, or this host may have one
     */
    List<String> leftOut(List<RunDevice> devices) throws IOException {
        List<String> said = new ArrayList<>();
        for (RunDevice device : devices) {
            Optional<Path> specification = specification();
            if (specification.isPresent()) {
                throw BuildException.invalid("RUN --device=" + device.name()
                        + ": this builder does not read the host's CDI specifications, of which " + specification.get()
                        + " is one: build without --device");
            }
            if (device.required()) {
                throw BuildException.invalid("RUN --device=" + device.name()
                        + ": the device is required and this host has none: there is no CDI specification in "
                        + String.join(
                                " or ", folders.stream().map(Path::toString).toList()));
            }
            said.add(" ---> Optional device " + device.name() + " is not registered on this host\n");
        }
        return said;
    }

    private Optional<Path> specification() throws IOException {
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{json,yaml,yml}")) {
                for (Path file : files) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }
}
