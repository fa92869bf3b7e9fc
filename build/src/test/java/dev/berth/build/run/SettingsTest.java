package dev.berth.build.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.build.BuildException;
import dev.berth.build.Limits;
import dev.berth.build.dockerfile.ExposedPorts;
import dev.berth.build.dockerfile.Pair;
import dev.berth.image.oci.ContainerConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private final Settings none = new Settings(ContainerConfig.EMPTY);

    @Test
    void allPortsThereAreAreOneInstruction() {
        List<String> ports = ExposedPorts.of(List.of("1-65535", "1-65535/udp"));
        assertThat(none.withPorts(ports).config().exposedPorts()).hasSize(2 * 65_535);
    }

    @Test
    void aVariableKeepsItsPlaceWhenItIsSetAgain() {
        Settings some = none.withEnv(List.of(pair("A", "1"), pair("B", "2"), pair("A", "3")));
        assertThat(some.withEnv(List.of(pair("C", "4"), pair("B", "5")))
                        .config()
                        .env())
                .containsExactly("A=3", "B=5", "C=4");
    }

    private static Pair pair(String key, String value) {
        return new Pair(key, value, false);
    }

    @Test
    void aHundredThousandVariablesOfOneInstructionAreTaken() {
        List<Pair> many = IntStream.range(0, 100_000)
                .mapToObj(number -> pair("V" + number, ""))
                .toList();
        assertThat(none.withEnv(many).config().env()).hasSize(many.size());
    }

    /** As ARG a=(a megabyte), and many times LABEL l=$a. */
    @Test
    void whatDoesNotFitIntoAnImageIsRefusedBeforeItFillsTheMemory() {
        String large = "x".repeat(Limits.SETTINGS_BYTES / 1000);
        Map<String, String> most = new LinkedHashMap<>();
        IntStream.range(0, 990).forEach(number -> most.put("l" + number, large));
        Settings nearly = none.withLabels(most);
        Map<String, String> more = new LinkedHashMap<>();
        IntStream.range(0, 20).forEach(number -> more.put("m" + number, large));
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> nearly.withLabels(more))
                .withMessageStartingWith("the image's settings become larger than " + Limits.SETTINGS_BYTES);
    }
}
