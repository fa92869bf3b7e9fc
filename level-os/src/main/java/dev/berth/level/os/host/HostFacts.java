package dev.berth.level.os.host;

import dev.berth.level.os.capability.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Facts that do not change while the engine runs.
 *
 * @param kernelRelease as {@code uname -r} gives it
 * @param lastCapability the highest number the kernel knows
 * @param capabilities which the engine has itself, so that it can give them
 * @param ignoredSignals which this process was started to ignore, bit n-1 being signal n
 * @param openFiles how many files a process may have open at most, so that no more can be given
 */
public record HostFacts(
        String kernelRelease, int lastCapability, Set<Capability> capabilities, long ignoredSignals, long openFiles) {
    private static final int HEXADECIMAL = 16;
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +\\S+ +(\\d+)");

    /** Reads them from {@code /proc}. */
    public static HostFacts read() {
        try {
            List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
            return new HostFacts(
                    line(Path.of("/proc/sys/kernel/osrelease")),
                    Integer.parseInt(line(Path.of("/proc/sys/kernel/cap_last_cap"))),
                    Capability.ofMask(mask(status, "CapEff:")),
                    mask(status, "SigIgn:"),
                    openFiles(Files.readString(Path.of("/proc/self/limits"))));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read this host's facts from /proc: " + e.getMessage(), e);
        }
    }

    private static long mask(List<String> status, String name) throws IOException {
        String line = status.stream()
                .filter(text -> text.startsWith(name))
                .findFirst()
                .orElseThrow(() -> new IOException("/proc/self/status has no " + name));
        return Long.parseUnsignedLong(line.substring(name.length()).strip(), HEXADECIMAL);
    }

    private static long openFiles(String limits) {
        Matcher hard = OPEN_FILES.matcher(limits);
        return hard.find() ? Long.parseLong(hard.group(1)) : Long.MAX_VALUE;
    }

    /** A number below /proc/sys comes whole with the first read, or cut off: {@code Files.readString} reads too little. */
    private static String line(Path file) throws IOException {
        return Files.readAllLines(file).getFirst().strip();
    }
}
