package dev.berth.engine.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** What the host's kernel says of itself under /proc (proc(5)). What it does not say is zero or empty. */
public final class HostFacts {
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int CPU_FIELDS = 8;

    private HostFacts() {}

    /** Since the host's boot. */
    public static Duration uptime() {
        String first = read("/proc/uptime").split(" ", 2)[0];
        return Duration.ofMillis(first.isEmpty() ? 0 : (long) (Double.parseDouble(first) * 1000));
    }

    public static long memoryBytes() {
        return lines("/proc/meminfo")
                .filter(line -> line.startsWith("MemTotal:"))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .orElse(0L);
    }

    /** What all processors have spent on anything since the boot, idling included. */
    public static long cpuNanos() {
        String[] fields = read("/proc/stat").split("\n", 2)[0].split("\\s+", -1);
        long ticks = 0;
        for (int i = 1; i < fields.length && i < CPU_FIELDS; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks * NANOS_PER_TICK;
    }

    public static String hostname() {
        return read("/proc/sys/kernel/hostname").strip();
    }

    static String kernelVersion() {
        return read("/proc/sys/kernel/osrelease").strip();
    }

    /** A member of os-release(5). */
    static Optional<String> osRelease(String name) {
        String prefix = name + "=";
        return Stream.of("/etc/os-release", "/usr/lib/os-release")
                .flatMap(HostFacts::lines)
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).replaceAll("^[\"']|[\"']$", ""))
                .findFirst();
    }

    static int openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Of this process, the JVM's own included. */
    static int threads() {
        return lines("/proc/self/status")
                .filter(line -> line.startsWith("Threads:"))
                .findFirst()
                .map(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                .orElse(0);
    }

    /** The kind of file system that a path is on; empty where that cannot be told. */
    static String fileSystem(Path path) {
        try {
            return Files.getFileStore(path).type();
        } catch (IOException e) {
            return "";
        }
    }

    private static Stream<String> lines(String file) {
        return read(file).lines();
    }

    /** What a file says; empty where it cannot be read. */
    static String read(String file) {
        try (var in = Files.newInputStream(Path.of(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
