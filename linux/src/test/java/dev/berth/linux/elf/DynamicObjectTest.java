package dev.berth.linux.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DynamicObjectTest {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    Path dir;

    @Test
    void aProgramNamesItsLoaderAndWhatItIsLinkedAgainst() throws Exception {
        DynamicObject java = DynamicObject.read(JAVA).orElseThrow();
        assertThat(Path.of(java.interpreter().orElseThrow())).isRegularFile();
        assertThat(java.needed())
                .anyMatch(name -> name.startsWith("libjli"))
                .anyMatch(name -> name.startsWith("libc."));
        assertThat(java.searchPath()).anyMatch(path -> path.startsWith("$ORIGIN"));
    }

    @Test
    void aLibraryHasNoLoader() throws Exception {
        Path library = JAVA.resolveSibling("../lib/server/libjvm.so");
        DynamicObject jvm = DynamicObject.read(library).orElseThrow();
        assertThat(jvm.interpreter()).isEmpty();
        assertThat(jvm.machine())
                .isEqualTo(DynamicObject.read(JAVA).orElseThrow().machine());
    }

    @Test
    void aStaticProgramNeedsNothing() throws Exception {
        Path file = dir.resolve("static");
        Files.write(file, StaticExecutable.of(dev.berth.linux.asm.Machine.X86_64, new byte[] {0}));
        DynamicObject object = DynamicObject.read(file).orElseThrow();
        assertThat(object.interpreter()).isEmpty();
        assertThat(object.needed()).isEmpty();
    }

    @Test
    void whatIsNoElfFileSaysNothing() throws Exception {
        Path file = dir.resolve("text");
        Files.writeString(file, "#!/bin/sh\n".repeat(20));
        assertThat(DynamicObject.read(file)).isEmpty();
        Files.writeString(file, "");
        assertThat(DynamicObject.read(file)).isEmpty();
    }

    @Test
    void aDamagedFileIsReadOrRefused() throws Exception {
        byte[] whole = Files.readAllBytes(JAVA);
        Path file = dir.resolve("damaged");
        Random chance = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = Arrays.copyOf(whole, chance.nextInt(4) == 0 ? chance.nextInt(whole.length) : whole.length);
            for (int n = 0; n < 6; n++) {
                damaged[chance.nextInt(Math.min(damaged.length, 1024))] = (byte) chance.nextInt();
            }
            if (damaged.length > 3) {
                System.arraycopy(whole, 0, damaged, 0, Math.min(6, damaged.length));
            }
            Files.write(file, damaged);
            assertThatCode(() -> {
                        try {
                            DynamicObject.read(file);
                        } catch (IOException e) {
                            assertThat(e.getMessage()).contains("damaged");
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }
}
