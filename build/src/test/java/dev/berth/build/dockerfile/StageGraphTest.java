package dev.berth.build.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.image.oci.Platform;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StageGraphTest {
    @Test
    void aNumberIsAStageForCopiesAndNotForBasesAndMounts() {
        assertThat(needed("FROM a\nFROM b\nCOPY --from=0 /x /x\n")).containsExactly(0, 1);
        assertThat(needed("FROM a\nFROM 0\n")).containsExactly(1);
        assertThat(needed("FROM a\nFROM b\nRUN --mount=from=0,target=/m true\n"))
                .containsExactly(1);
        assertThat(needed("FROM a AS one\nFROM b\nRUN --mount=from=One,target=/m true\n"))
                .containsExactly(0, 1);
    }

    @Test
    void filesMayBeTakenOfAStageThatComesLater() {
        assertThat(needed("FROM a AS first\nCOPY --from=later /x /x\nFROM b AS later\nFROM first\n"))
                .containsExactly(0, 1, 2);
    }

    @Test
    void aStageThatIsMadeOfItselfIsRefusedAlsoWhereItIsNotNeeded() {
        assertCircular("FROM a AS one\nCOPY --from=one /x /x\n", "one");
        assertCircular("FROM a AS one\nCOPY --from=0 /x /x\n", "one");
        assertCircular("FROM a AS one\nRUN --mount=from=two,target=/m true\nFROM one AS two\n", "one");
        assertCircular(
                "FROM a AS one\nFROM one\nCOPY --from=2 /x /x\nFROM b\nCOPY --from=1 /x /x\nFROM c\n", "stage-1");
    }

    @Test
    void aNumberThatThereIsNotIsRefusedWhereItStands() {
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(() -> needed("FROM a\nCOPY --from=7 /x /x\n"))
                .withMessage("invalid from flag value 7: index out of bounds")
                .satisfies(e -> assertThat(e.location().first()).isEqualTo(2));
    }

    private static void assertCircular(String source, String stage) {
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(() -> needed(source))
                .withMessage("circular dependency detected on stage: " + stage);
    }

    private static Iterable<Integer> needed(String source) {
        Dockerfile file = Dockerfile.parse(source, "Dockerfile");
        GlobalVariables globals = GlobalVariables.of(
                file, BuildArguments.NONE, new BuildPlatforms(Platform.host(), Platform.host()), Optional.empty());
        return new StageGraph(file, globals).needed(List.of(file.stages().getLast()));
    }
}
