package dev.berth.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A second kernel, an ordinary process of this one, for what this one was built without. It sees the host's files, none
 * of which it can change, and runs one Java program of the test's class path as root. Such a program throws what is
 * wrong, and what it prints is the result.
 */
public final class UserModeLinux {
    private static final Path MODULES = Path.of("/usr/lib/uml/modules");
    private static final long MINUTES = 3;
    private static final String BEGIN = "-- program";
    private static final String END = "-- ended with ";

    private UserModeLinux() {}

    static boolean isThere() {
        return Files.isDirectory(MODULES) && Files.isExecutable(Path.of("/usr/bin/linux.uml"));
    }

    /**
     * Runs a program to its end; fails where it does.
     *
     * @param scratch an empty directory of the test's; the program sees it as one in memory, and may write there
     * @param disks files that the kernel has as {@code /dev/ubda}, {@code /dev/ubdb}…
     * @param modules of the kernel that are loaded before, in order
     * @param mounts commands of a shell, before the program
     * @return what the program printed
     */
    public static String run(
            Path scratch, List<Path> disks, List<String> modules, List<String> mounts, Class<?> program)
            throws IOException, InterruptedException {
        Path own = Files.createDirectories(scratch.resolve("kernel"));
        Path visible = Files.createDirectory(scratch.resolve("program"));
        Path init = own.resolve("init");
        Files.writeString(init, script(visible, modules, mounts, program));
        init.toFile().setExecutable(true);
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/linux.uml",
                "mem=1G",
                "quiet",
                "rootfstype=hostfs",
                "ro",
                "init=" + init,
                "con=null",
                "con0=null,fd:1",
                "uml_dir=" + own));
        for (int i = 0; i < disks.size(); i++) {
            command.add("ubd" + i + "=" + disks.get(i));
        }
        Path said = own.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().putAll(Map.of("TMPDIR", own.toString(), "HOME", own.toString()));
        Process kernel = builder.start();
        try {
            if (!kernel.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new AssertionError("the kernel did not end:\n" + Files.readString(said));
            }
        } finally {
            kernel.descendants().forEach(ProcessHandle::destroyForcibly);
            kernel.destroyForcibly().waitFor();
        }
        String all = Files.readString(said, StandardCharsets.UTF_8).replace("\r", "");
        int begin = all.indexOf(BEGIN);
        int end = all.indexOf(END);
        if (begin < 0 || end < begin || !all.startsWith("0\n", end + END.length())) {
            throw new AssertionError("in the other kernel:\n" + all);
        }
        return all.substring(begin + BEGIN.length(), end).strip();
    }

    private static String script(Path visible, List<String> modules, List<String> mounts, Class<?> program) {
        List<String> lines = new ArrayList<>(List.of(
                "#!/bin/sh",
                "export PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "mount -t proc proc /proc",
                "mount -t sysfs sysfs /sys",
                "mount -t tmpfs tmpfs " + visible,
                "cd " + visible));
        modules.forEach(module -> lines.add("busybox insmod " + file(module)));
        lines.addAll(mounts);
        lines.add("echo '" + BEGIN + "'");
        lines.add(Path.of(System.getProperty("java.home"), "bin/java")
                + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx256m --enable-native-access=ALL-UNNAMED"
                + " -Djava.io.tmpdir=" + visible
                + " -cp '" + System.getProperty("java.class.path") + "' " + program.getName() + " 2>&1");
        lines.add("echo \"" + END + "$?\"");
        lines.add("busybox poweroff -f");
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static Path file(String module) {
        try (Stream<Path> files = Files.walk(MODULES)) {
            return files.filter(file -> file.endsWith(module + ".ko"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new AssertionError("the kernel has no module " + module));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
