package dev.berth.build.java;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.elf.DynamicObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostLibrariesTest {
    @Test
    void aJavaRuntimeFindsItsLoaderAndAllThatItsProgramsAreLinkedAgainst() throws Exception {
        Path home = Path.of(System.getProperty("java.home"));
        HostLibraries.Result found = HostLibraries.find(home);
        DynamicObject java = DynamicObject.read(home.resolve("bin/java")).orElseThrow();
        assertThat(found.files()).containsKey(java.interpreter().orElseThrow().substring(1));
        Map<String, Path> files = found.files();
        for (String name : DynamicObject.read(home.resolve("lib/server/libjvm.so"))
                .orElseThrow()
                .needed()) {
            assertThat(files.keySet()).anyMatch(path -> path.endsWith("/" + name));
        }
        assertThat(files.values()).allSatisfy(file -> assertThat(file).isRegularFile());
        assertThat(files.keySet()).noneMatch(path -> path.startsWith("/") || path.contains("libjvm"));
    }

    @Test
    void whatIsLookedForIsTheSameEachTime() throws Exception {
        Path home = Path.of(System.getProperty("java.home"));
        assertThat(HostLibraries.find(home)).isEqualTo(HostLibraries.find(home));
    }
}
