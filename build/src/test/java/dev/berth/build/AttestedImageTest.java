package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.attest.AttestationOptions;
import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.output.ResultOptions;
import dev.berth.image.Image;
import dev.berth.image.ManifestSummary;
import dev.berth.image.oci.Digest;
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

/** What is attested of images, and that they are images like others. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AttestedImageTest extends InWorkshop {
    private static final AttestationOptions ALL = new AttestationOptions(AttestationOptions.Provenance.MAX, true);
    private static final String DOCKERFILE = """
            FROM box
            ARG COLOUR
            COPY status /var/lib/dpkg/status
            COPY package.json /srv/node_modules/left/package.json
            RUN echo $COLOUR >/colour
            """;

    private Workshop.Order order(AttestationOptions attestations, Platform... platforms) {
        return shop.order(DOCKERFILE)
                .file("status", "Package: left-pad\nStatus: install ok installed\nVersion: 1\n")
                .file("package.json", "{\"name\":\"left\",\"version\":\"2.1\",\"license\":\"MIT\"}")
                .argument("COLOUR", "bluish")
                .result(new ResultOptions(true, List.of(platforms), attestations));
    }

    private byte[] saved(String name) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        shop.engine().images().store().save(List.of(name), tar);
        return tar.toByteArray();
    }

    private String savedText(String name) throws IOException {
        return new String(saved(name), StandardCharsets.UTF_8);
    }

    @Test
    void theIndexListsWhatIsToldOfTheImageBesideIt() throws Exception {
        Workshop.Built built = order(ALL).named("attested:1").build();
        assertThat(built.result().descriptor().mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
        var images = shop.engine().images().store();
        List<ManifestSummary> manifests = images.manifests(built.image());
        assertThat(manifests).hasSize(2);
        Digest own = built.image().manifest().raw().digest();
        assertThat(manifests.get(1).attestationFor()).contains(own);
        assertThat(manifests.get(1).descriptor().platform()).contains(new Platform("unknown", "unknown", ""));
        assertThat(images.list()).hasSize(2);
        assertThat(savedText("attested:1"))
                .contains(
                        "\"in-toto.io/predicate-type\":\"https://slsa.dev/provenance/v0.2\"",
                        "\"in-toto.io/predicate-type\":\"https://spdx.dev/Document\"",
                        "\"subject\":[{\"name\":\"pkg:docker/attested@1?platform=linux%2F"
                                + Platform.host().architecture() + "\",\"digest\":{\"sha256\":\"" + own.hex(),
                        "\"uri\":\"pkg:docker/box@latest?platform=",
                        "\"build-arg:COLOUR\":\"bluish\"",
                        "\"spdxVersion\":\"SPDX-2.3\"",
                        "pkg:deb/debian/left-pad@1",
                        "pkg:npm/left@2.1",
                        "\"licenseDeclared\":\"MIT\"");
    }

    @Test
    void whatIsPrivateIsToldOnRequestAlone() throws Exception {
        order(new AttestationOptions(AttestationOptions.Provenance.MIN, false))
                .named("attested:1")
                .build();
        assertThat(savedText("attested:1"))
                .contains("https://slsa.dev/provenance/v0.2", "\"uri\":\"pkg:docker/box@latest?platform=")
                .doesNotContain("build-arg:COLOUR", "spdx");
        assertThat(order(AttestationOptions.NONE).build().result().descriptor().mediaType())
                .isEqualTo(MediaTypes.OCI_MANIFEST);
    }

    @Test
    void aDatabaseOfPackagesThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> shop.order("FROM scratch\nCOPY Dockerfile /var/lib/rpm/Packages\n")
                        .result(new ResultOptions(true, List.of(), ALL))
                        .build())
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("in /var/lib/rpm/Packages: it is none of the kinds that rpm is known to use");
    }

    @Test
    void whatIsSavedIsLoadedAndWhatIsRemovedIsGone() throws Exception {
        Workshop.Built built = order(ALL).named("attested:1").build();
        byte[] archive = saved("attested:1");
        Digest attestation = built.result().attestations().getFirst().id();
        var images = shop.engine().images();
        shop.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
        assertThat(images.store().byId(attestation)).isPresent();
        images.remove("attested:1", false);
        assertThat(images.store().byId(attestation)).isEmpty();
        images.load(new ByteArrayInputStream(archive), Optional.empty(), _ -> {});
        Image loaded = images.store().find("attested:1");
        assertThat(loaded.id()).isEqualTo(built.image().id());
        assertThat(images.store().target(loaded)).isEqualTo(built.result().descriptor());
        assertThat(saved("attested:1")).isEqualTo(archive);
    }

    @Test
    void ofAGivenTimeAllIsTheSameAgainOnEachPlatform() throws Exception {
        Instant time = Instant.ofEpochSecond(1_000_000_000);
        Workshop.Built first = order(ALL).dated(time).build();
        Workshop.Built second = order(ALL).dated(time).afresh().build();
        assertThat(first.result().attestations()).hasSize(1);
        assertThat(second.result().descriptor()).isEqualTo(first.result().descriptor());
        Workshop.Built crossed = shop.order("FROM scratch\nCOPY Dockerfile /\n")
                .result(new ResultOptions(true, List.of(new Platform("linux", "s390x", ""), Platform.host()), ALL))
                .named("crossed")
                .build();
        assertThat(crossed.result().attestations()).hasSize(2);
        assertThat(shop.engine().images().store().manifests(crossed.image()))
                .extracting(manifest -> manifest.attestationFor().isPresent())
                .containsExactly(false, false, true, true);
    }
}
