package dev.berth.image.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnotatedImagesTest {
    private static StoredImage image(String architecture) throws Exception {
        byte[] config = ("{\"architecture\":\"" + architecture
                        + "\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}")
                .getBytes(StandardCharsets.UTF_8);
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST, Descriptor.of(MediaTypes.OCI_CONFIG, config), List.of(), Map.of());
        return new StoredImage(manifest, ImageConfig.parse(config));
    }

    private static StoredImage attestation(StoredImage subject) throws Exception {
        byte[] config =
                "{\"architecture\":\"unknown\",\"os\":\"unknown\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                        .getBytes(StandardCharsets.UTF_8);
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST,
                Descriptor.of(MediaTypes.OCI_CONFIG, config),
                List.of(Descriptor.of(MediaTypes.IN_TOTO, config)),
                Map.of(
                        Descriptor.REFERENCE_TYPE,
                        Descriptor.ATTESTATION,
                        Descriptor.REFERENCE_DIGEST,
                        subject.manifest().raw().digest().toString()));
        return new StoredImage(manifest, ImageConfig.parse(config));
    }

    private static Annotations notes(String... attributes) throws Exception {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            map.put(attributes[i], attributes[i + 1]);
        }
        return Annotations.read(map);
    }

    @Test
    void aNoteIsInTheManifestOfEachPlatformThatItIsForAndOneForThePlatformGoesFirst() throws Exception {
        Annotations notes = notes(
                "annotation.who", "all",
                "annotation-manifest[linux/arm64].who", "arm",
                "annotation-manifest-descriptor[linux/amd64].where", "amd",
                "annotation-index.what", "both",
                "annotation-index-descriptor.listed", "so",
                "unpack", "true");
        AnnotatedImages annotated = AnnotatedImages.of(List.of(image("amd64"), image("arm64")), notes);
        assertThat(annotated.images())
                .extracting(image -> image.manifest().annotations())
                .containsExactly(Map.of("who", "all"), Map.of("who", "arm"));
        ImageIndex index = annotated.index().orElseThrow();
        assertThat(index.annotations()).containsExactly(Map.entry("what", "both"));
        assertThat(index.manifests())
                .extracting(Descriptor::annotations)
                .containsExactly(Map.of("where", "amd"), Map.of());
        assertThat(index.manifests())
                .extracting(Descriptor::digest)
                .containsExactlyElementsOf(annotated.images().stream()
                        .map(image -> image.manifest().raw().digest())
                        .toList());
        assertThat(ImageIndex.parse(index.raw().bytes(), "").annotations()).isEqualTo(index.annotations());
        assertThat(annotated.noted()).containsExactly(Map.entry("listed", "so"));
    }

    @Test
    void whatIsAttestedOfAnImageIsAboutTheManifestWithTheNotes() throws Exception {
        StoredImage image = image("amd64");
        AnnotatedImages annotated =
                AnnotatedImages.of(List.of(image, attestation(image)), notes("annotation.who", "me"));
        ImageManifest subject = annotated.images().getFirst().manifest();
        assertThat(subject.raw().digest()).isNotEqualTo(image.manifest().raw().digest());
        ImageManifest statement = annotated.images().getLast().manifest();
        assertThat(statement.annotations())
                .containsEntry(
                        Descriptor.REFERENCE_DIGEST, subject.raw().digest().toString())
                .containsEntry(Descriptor.REFERENCE_TYPE, Descriptor.ATTESTATION)
                .doesNotContainKey("who");
        assertThat(annotated.index().orElseThrow().manifests().getLast().annotations())
                .isEqualTo(statement.annotations());
    }

    @Test
    void withoutNotesAllIsAsItWas() throws Exception {
        List<StoredImage> images = List.of(image("amd64"), attestation(image("amd64")));
        assertThat(AnnotatedImages.of(images, Annotations.NONE).images()).isEqualTo(images);
    }

    @Test
    void notesThatHaveNoPlaceAreRefused() throws Exception {
        List<StoredImage> one = List.of(image("amd64"));
        assertThat(AnnotatedImages.of(one, notes("annotation-manifest-descriptor.a", "b"))
                        .noted())
                .containsExactly(Map.entry("a", "b"));
        for (String place : List.of("index", "index-descriptor")) {
            Annotations notes = notes("annotation-" + place + ".a", "b");
            assertThatThrownBy(() -> AnnotatedImages.of(one, notes))
                    .hasMessage("the annotations a are of an index, and an image for one platform has none");
        }
        assertThatThrownBy(() -> notes("annotation-layer.a", "b")).hasMessage("unrecognized annotation type layer");
        assertThatThrownBy(() -> notes("annotation-manifest[a/b/c/d].a", "b")).isInstanceOf(Exception.class);
    }
}
