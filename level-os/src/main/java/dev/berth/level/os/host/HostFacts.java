package dev.berth.level.os.host;

import dev.berth.level.os.capability.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Facts that do not change while the engine runs.
 *
 * @param kernelRelease as {@code uname -r} gives it
 * @param lastCapability the highest number the kernel knows
 * @param capabilities which the engine has itself, so that it can give them
 */
public record HostFacts(String kernelRelease, int lastCapability, Set<Capability> capabilities) {
    private static final int HEXADECIMAL = 16;

    /** Reads them from {@code /proc}. */
    public static HostFacts read() {
        try {
            String effective = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line -> line.substring("CapEff:".length()).strip())
                    .findFirst()
                    .orElseThrow(() -> new IOException("/proc/self/status tells no capabilities"));
            return new HostFacts(
                    line(Path.of("/proc/sys/kernel/osrelease")),
                    Integer.parseInt(line(Path.of("/proc/sys/kernel/cap_last_cap"))),
                    Capability.ofMask(Long.parseUnsignedLong(effective, HEXADECIMAL)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read this host's facts from /proc: " + e.getMessage(), e);
        }
    }

    /** A number below /proc/sys comes whole with the first read, or cut off: {@code Files.readString} reads too little. */
    private static String line(Path file) throws IOException {
        return Files.readAllLines(file).getFirst().strip();
    }
}
