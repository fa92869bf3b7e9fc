package dev.berth.image.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.asm.Machine;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HelloWorldTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(Machine.class)
    @Needs(Need.QEMU_AARCH64)
    void theProgramGreetsAndTellsItsProcessAndHost(Machine machine) throws Exception {
        Path file = Files.write(dir.resolve("hello"), HelloProgram.executable(machine));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        List<String> command = new ArrayList<>();
        if (machine == Machine.AARCH64 && Machine.host().filter(machine::equals).isEmpty()) {
            command.add("qemu-aarch64-static");
        }
        command.add(file.toString());
        Process process = new ProcessBuilder(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        String machineName = machine == Machine.X86_64 ? "x86_64" : "aarch64";
        assertThat(output)
                .contains("Hello from Berth!")
                .contains("Inside: process " + process.pid() + " of host " + hostName() + ", on " + machineName + ".\n")
                .contains("berth run -it --rm --rootfs / sh")
                .endsWith("registry\n\n");
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    @Needs(Need.QEMU_AARCH64)
    void theProgramFailsWhenItCannotWrite(Machine machine) throws Exception {
        Path file = Files.write(dir.resolve("hello"), HelloProgram.executable(machine));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        String emulator = machine == Machine.AARCH64 ? "qemu-aarch64-static " : "";
        Process process = new ProcessBuilder("sh", "-c", emulator + file + " >/dev/full").start();
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void theProgramIsSmall(Machine machine) {
        assertThat(HelloProgram.executable(machine)).hasSizeLessThan(4096);
    }

    @Test
    void theImageIsTheSameEachTime() {
        assertThat(HelloWorld.ociArchive()).isEqualTo(HelloWorld.ociArchive());
    }

    @Test
    @Needs(Need.SKOPEO)
    void anotherImplementationReadsItForBothPlatforms() throws Exception {
        Path layout = unpack(HelloWorld.ociArchive());
        for (String architecture : List.of("amd64", "arm64")) {
            Path copy = dir.resolve("copy-" + architecture);
            run("skopeo", "--override-arch", architecture, "copy", "oci:" + layout + ":latest", "dir:" + copy);
            assertThat(run("skopeo", "inspect", "--config", "dir:" + copy))
                    .contains("\"architecture\": \"" + architecture + "\"")
                    .contains("/hello");
        }
    }

    @Test
    void aLayerHoldsTheProgramAlone() throws Exception {
        Path layout = unpack(HelloWorld.ociArchive());
        Map<String, Integer> programs = new TreeMap<>();
        try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                byte[] bytes = Files.readAllBytes(blob);
                if (bytes[0] != '{') {
                    entries(bytes).forEach((name, entry) -> programs.merge(name, entry.getMode() & 07777, Math::max));
                }
            }
        }
        assertThat(programs).containsExactly(Map.entry("hello", 0755));
    }

    private Path unpack(byte[] archive) throws IOException {
        Path layout = dir.resolve("layout");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = layout.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, tar.readAllBytes());
            }
        }
        return layout;
    }

    private static Map<String, TarArchiveEntry> entries(byte[] archive) throws IOException {
        Map<String, TarArchiveEntry> entries = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), entry);
            }
        }
        return entries;
    }

    private static String hostName() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
