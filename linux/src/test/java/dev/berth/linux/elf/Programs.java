package dev.berth.linux.elf;

import dev.berth.linux.asm.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Runs executables of either machine: this host's own directly, the other's under user-mode emulation. */
public final class Programs {
    private Programs() {}

    /** How a program ended and what it wrote. */
    public record Result(int code, String output) {}

    /** Runs the executable from a file in {@code dir} to its end; both output streams together. */
    public static Result run(Machine machine, byte[] executable, Path dir, String... arguments)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(machine, executable, dir, arguments))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** The command that runs the executable, which is written to a file in {@code dir}. */
    public static List<String> command(Machine machine, byte[] executable, Path dir, String... arguments)
            throws IOException {
        Path file = Files.createTempFile(
                dir, "program", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.write(file, executable);
        List<String> command = new ArrayList<>();
        if (Machine.host().filter(machine::equals).isEmpty()) {
            command.add(
                    switch (machine) {
                        case X86_64 -> "qemu-x86_64-static";
                        case AARCH64 -> "qemu-aarch64-static";
                    });
        }
        command.add(file.toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
