package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.build.inquiry.Answer;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PushRequest;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a build says of a doubtful Dockerfile. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class BuildChecksTest extends InWorkshop {

    @Test
    void whatIsDoubtfulIsToldWhenAllIsBuilt() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box
                        ENV KNOWN=1
                        LABEL path=$PATH known=$KNOWN other=$KNOWM
                        CMD echo
                        """).build();
        assertThat(built.output())
                .endsWith("""
                2 warnings found:
                 - UndefinedVar: Usage of undefined variable '$KNOWM' (did you mean $KNOWN?) (line 3)
                 - JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 4)
                Successfully built %s
                """.formatted(built.image().id().hex().substring(0, 12)));
    }

    @Test
    void argumentsThatNobodyTakesAreTold() throws Exception {
        String output = shop.order("ARG GLOBAL=x\nFROM box\nARG OWN\nLABEL a=$OWN\n")
                .argument("GLOBAL", "1")
                .argument("OWN", "2")
                .argument("ZZZ", "3")
                .argument("OTHER", "4")
                .argument("https_proxy", "5")
                .argument("TARGETARCH", "amd64")
                .build()
                .output();
        assertThat(output)
                .contains("\n[Warning] One or more build-args [OTHER ZZZ] were not consumed\nSuccessfully built ");
    }

    @Test
    void aFileThatIsLeftOutOfTheContextIsToldOf() {
        Workshop.Order order =
                shop.order("FROM box\nCOPY secret /\n").file("secret", "x").file(".dockerignore", "secret\n");
        assertThatThrownBy(order::build).isInstanceOf(BuildException.class);
        Workshop.Order failing = shop.order("# check=error=true\nFROM box\nCOPY secret /\n")
                .file("secret", "x")
                .file(".dockerignore", "secret\n");
        assertThatThrownBy(failing::build).hasMessage("lint violation found for rules: CopyIgnoredFile");
    }

    @Test
    void aBaseThatIsNotThereIsToldOfAsItIsWithoutChecks() {
        for (String head : new String[] {"", "# check=error=true\n"}) {
            assertThatThrownBy(shop.order(head + "FROM localhost:1/none:1\nUSER a\n")::build)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("localhost:1/none");
        }
    }

    @Test
    void whereTheFileWantsItNothingIsBuilt() {
        Workshop.Order order = shop.order("""
                # check=error=true
                FROM box AS Base
                RUN touch /made
                """);
        assertThatThrownBy(order::build)
                .isInstanceOf(BuildException.class)
                .hasMessage("lint violation found for rules: StageNameCasing");
        assertThat(order.output()).isEqualTo("""

                        WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
                        Stage name 'Base' should be lowercase
                        Dockerfile:2
                        --------------------
                           1 |     # check=error=true
                           2 | >>> FROM box AS Base
                           3 |     RUN touch /made
                           4 |    \s
                        --------------------
                        """);
    }

    @Test
    void whatTheBaseBringsWithItIsKnown() throws Exception {
        Workshop.Built built = shop.order("FROM box AS base\nENV OF_BASE=1\nSHELL [\"/bin/sh\", \"-c\"]\n"
                        + "FROM base\nLABEL a=$OF_BASE\nCMD x\n")
                .build();
        assertThat(built.output()).doesNotContain("warning");
    }

    @Test
    void checksThatThereAreNotAreRefused() {
        assertThatThrownBy(shop.order("# check=skipp=all\nFROM box\n")::build)
                .isInstanceOf(DockerfileException.class)
                .hasMessage("failed to parse check options: invalid check option \"skipp\"");
    }

    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void ofAnImageThatIsNotHereItsConfigurationIsReadAndNothingKept() throws Exception {
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String reference = registry.domain() + "/shop/base:1";
            shop.order("FROM box\nENV KNOWN=1\n").named(reference).build();
            shop.engine()
                    .images()
                    .push(new PushRequest(reference, false, Optional.empty(), Credentials.ANONYMOUS), _ -> {});
            shop.engine().images().remove(reference, false);
            shop.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
            String dockerfile = "FROM " + reference + "\nLABEL a=$KNOWN b=$KNOWM\n";
            String[] before = blobs();
            Answer answer = shop.order(dockerfile).answer(Inquiry.CHECK);
            assertThat(answer.text()).contains("Usage of undefined variable '$KNOWM' (did you mean $KNOWN?)");
            assertThat(blobs()).containsExactlyInAnyOrder(before);
            assertThatThrownBy(() -> shop.engine().images().store().find(reference))
                    .hasMessage("No such image: " + reference);

            Answer foreign = shop.order("FROM --platform=linux/s390x " + reference + "\n")
                    .answer(Inquiry.CHECK);
            assertThat(foreign.error()).contains("does not match the specified platform: wanted linux/s390x");
            assertThat(shop.order("FROM " + registry.domain() + "/shop/gone\n")
                            .answer(Inquiry.CHECK)
                            .error())
                    .contains("shop/gone");
        }
    }

    private String[] blobs() {
        String[] names =
                shop.directory().resolve("data/content/blobs/sha256").toFile().list();
        return names == null ? new String[0] : names;
    }
}
