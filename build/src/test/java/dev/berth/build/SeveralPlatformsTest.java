package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.attest.AttestationOptions;
import dev.berth.build.output.ResultOptions;
import dev.berth.image.Image;
import dev.berth.image.ManifestSummary;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images for several platforms of one build. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SeveralPlatformsTest extends InWorkshop {
    private static final Platform HOST = Platform.host();
    private static final Platform FOREIGN = new Platform("linux", "s390x", "");
    private static final String CROSS_BUILT = """
            FROM --platform=$BUILDPLATFORM box AS built
            RUN echo "once for all"
            ARG TARGETARCH
            RUN echo $TARGETARCH >/arch
            FROM scratch
            COPY --from=built /arch /arch
            ENV FOR=all
            """;

    private String files(List<Image> images) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        shop.builder().writeFiles(images, true, tar);
        return tar.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aNameStandsForAnImageOfEachPlatformAndWhatTheyShareIsMadeOnce() throws Exception {
        Workshop.Built built = shop.order(CROSS_BUILT)
                .named("cross:1")
                .on(FOREIGN, HOST)
                .afresh()
                .build();
        assertThat(built.output()).containsOnlyOnce("\nonce for all\n").contains("Building for " + FOREIGN + "\n");
        assertThat(built.image().config().platform()).isEqualTo(HOST);
        assertThat(built.result().descriptor().mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
        var images = shop.engine().images().store();
        Image foreign = images.find("cross:1", Optional.of(FOREIGN));
        assertThat(foreign.config().config().env()).contains("FOR=all");
        assertThat(images.list()).extracting(Image::repoTags).containsOnlyOnce(List.of("cross:1"));
        assertThat(images.target(built.image())).isEqualTo(built.result().descriptor());
        assertThat(images.manifests(built.image()))
                .extracting(ManifestSummary::image)
                .extracting(Optional::orElseThrow)
                .extracting(image -> image.config().platform())
                .containsExactly(FOREIGN, HOST);
        assertThat(files(built.result().images()))
                .contains("linux_s390x/arch", "linux_" + HOST.architecture() + "/arch", "\0s390x\n\0");
    }

    @Test
    void whatIsSavedIsLoadedAgainAsItWas() throws Exception {
        Workshop.Built built =
                shop.order(CROSS_BUILT).named("cross:1").on(HOST, FOREIGN).build();
        var images = shop.engine().images();
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        images.store().save(List.of("cross:1"), named);
        ByteArrayOutputStream unnamed = new ByteArrayOutputStream();
        images.store().saveTogether(built.result().images(), List.of("cross:1"), unnamed);
        assertThat(unnamed.toByteArray()).isEqualTo(named.toByteArray());
        images.remove("cross:1", false);
        assertThat(images.store().byId(built.image().id())).isEmpty();
        images.load(new ByteArrayInputStream(named.toByteArray()), Optional.empty(), _ -> {});
        Image again = images.store().find("cross:1");
        assertThat(again.id()).isEqualTo(built.image().id());
        assertThat(images.store().target(again)).isEqualTo(built.result().descriptor());
    }

    @Test
    void theSameIsTheSameWheneverItIsBuiltAtATimeThatIsGiven() throws Exception {
        Instant time = Instant.ofEpochSecond(1_000_000_000);
        ResultOptions unkept = new ResultOptions(false, List.of(HOST, FOREIGN), AttestationOptions.NONE);
        Workshop.Built first =
                shop.order(CROSS_BUILT).dated(time).result(unkept).build();
        Workshop.Built second =
                shop.order(CROSS_BUILT).dated(time).result(unkept).afresh().build();
        assertThat(second.result().descriptor()).isEqualTo(first.result().descriptor());
        assertThat(shop.engine().images().store().list())
                .extracting(Image::repoTags)
                .containsExactly(List.of("box:latest"));
    }

    @Test
    void aCommandForAnotherProcessorSaysWhatIsMissingAndWhatToDo() {
        Workshop.Order order =
                shop.order("""
                        FROM scratch
                        COPY --chmod=755 sh /bin/sh
                        RUN anything
                        """).file("sh", "no program of this host\n").on(FOREIGN, HOST);
        assertThatThrownBy(order::build)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("The command '/bin/sh -c anything' is for linux/s390x, which this host (" + HOST)
                .hasMessageContaining("binfmt_misc")
                .hasMessageContaining("FROM --platform=$BUILDPLATFORM")
                .extracting(e -> ((BuildException) e).excerpt())
                .asString()
                .contains(">>> RUN anything");
    }
}
