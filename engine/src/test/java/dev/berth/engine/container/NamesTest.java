package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void aSlashBeforeANameIsTheClients() {
        assertThat(Names.check("/ship")).isEqualTo("ship");
        assertThat(Names.check("a.b-c_9")).isEqualTo("a.b-c_9");
    }

    @Test
    void hostileNamesAreRefused() {
        for (String name : List.of(
                "",
                "/",
                "a",
                "../etc",
                "/../x",
                "a/b",
                "-rm",
                ".hidden",
                "a b",
                "a\nb",
                "a\0b",
                "ä",
                "//ab",
                "x".repeat(256))) {
            assertThatThrownBy(() -> Names.check(name))
                    .as("\"%s\"", name)
                    .hasMessageStartingWith("Invalid container name");
        }
    }

    @Test
    void generatedNamesAreValidAndRunOutNever() {
        ContainerIndex index = new ContainerIndex();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            String name = index.takeName(Optional.empty(), "id" + i);
            assertThat(Names.check(name)).isEqualTo(name);
            assertThat(names.add(name)).isTrue();
        }
    }

    @Test
    void signalsHaveNamesAndNumbers() {
        assertThat(Signals.parse("KILL")).isEqualTo(9);
        assertThat(Signals.parse("sigterm")).isEqualTo(15);
        assertThat(Signals.parse("SIGSYS")).isEqualTo(31);
        assertThat(Signals.parse("28")).isEqualTo(28);
        assertThat(Signals.parse("SIGRTMIN+3")).isEqualTo(37);
        assertThat(Signals.parse("RTMAX-14")).isEqualTo(50);
        for (String bad : List.of("", "0", "65", "-9", "SIG", "SIGNOPE", "RTMIN+31", "RTMAX-31", "9 ", "999")) {
            assertThatThrownBy(() -> Signals.parse(bad)).as(bad).hasMessage("invalid signal: " + bad);
        }
    }
}
