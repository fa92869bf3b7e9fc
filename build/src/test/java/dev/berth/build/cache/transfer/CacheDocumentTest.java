package dev.berth.build.cache.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.build.BuildException;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheDocumentTest {
    private static final Digest KEY = digest("key");
    private static final Digest NEXT = digest("next");
    private static final Descriptor BLOB = new Descriptor(MediaTypes.OCI_LAYER_GZIP, digest("blob"), 7);

    private static Digest digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static CacheStep step(OptionalInt layer) {
        return new CacheStep(
                List.of(KEY), NEXT, layer, Instant.EPOCH, List.of("", "2026-01-02T03:04:05.678901234Z"), "RUN x");
    }

    private static CacheDocument read(String json, int layers) throws ImageException {
        return CacheDocument.read(json.getBytes(StandardCharsets.UTF_8), Collections.nCopies(layers, BLOB));
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        CacheDocument document = new CacheDocument(
                List.of(new CacheDocument.Layer(BLOB, digest("diff"))),
                List.of(step(OptionalInt.of(0)), step(OptionalInt.empty())));
        byte[] config = document.config();
        JsonObject manifest = JsonObject.parse(document.manifest(config).bytes(), "manifest");
        assertThat(CacheDocument.read(config, CacheDocument.layers(manifest))).isEqualTo(document);
    }

    @Test
    void aCacheWithoutLayersHasAManifestThatRegistriesTake() throws Exception {
        CacheDocument document = new CacheDocument(List.of(), List.of(step(OptionalInt.empty())));
        JsonObject manifest =
                JsonObject.parse(document.manifest(document.config()).bytes(), "manifest");
        assertThat(manifest.objects("layers")).hasSize(1);
        assertThat(CacheDocument.layers(manifest)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"diffIds\":[]}",
                "{\"diffIds\":[\"sha256:1\"]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[],\"next\":DIFF,\"created\":\"1970-01-01T00:00:00Z\"}]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[DIFF],\"created\":\"1970-01-01T00:00:00Z\"}]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[DIFF],\"next\":DIFF,\"created\":\"soon\"}]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[DIFF],\"next\":DIFF,\"created\":\"1970-01-01T00:00:00Z\","
                        + "\"times\":[\"yesterday\"]}]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[DIFF],\"next\":DIFF,\"created\":\"1970-01-01T00:00:00Z\","
                        + "\"layer\":1}]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[DIFF],\"next\":DIFF,\"created\":\"1970-01-01T00:00:00Z\","
                        + "\"layer\":-1}]}",
                "{\"diffIds\":[DIFF],\"steps\":[{\"keys\":[DIFF,DIFF,DIFF,DIFF,DIFF,DIFF,DIFF,DIFF,DIFF],"
                        + "\"next\":DIFF,\"created\":\"1970-01-01T00:00:00Z\"}]}"
            })
    void whatMakesNoSenseIsRefusedWithAReason(String json) {
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(() -> read(json.replace("DIFF", "\"" + KEY + "\""), 1))
                .extracting(ImageException::kind)
                .isEqualTo(ImageException.Kind.INVALID);
    }

    @Test
    void aDocumentWithoutEndIsNotTakenIn() {
        String step = "{\"keys\":[\"" + KEY + "\"],\"next\":\"" + KEY + "\",\"created\":\"1970-01-01T00:00:00Z\"}";
        String many = String.join(",", Collections.nCopies(20_001, step));
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(() -> read("{\"diffIds\":[],\"steps\":[" + many + "]}", 0))
                .withMessageContaining("at most 20000 are taken");
    }

    @Test
    void optionsAreReadAsDockerWritesThem() {
        Path folder = Path.of("/f");
        assertThat(CacheSource.of(CacheAttributes.parse("type=registry,ref=debian"), _ -> folder))
                .isEqualTo(new CacheSource.Registry("debian:latest"));
        assertThat(CacheSource.of(CacheAttributes.parse("type=local,id=1,tag=t,digest=" + KEY), _ -> folder))
                .isEqualTo(new CacheSource.Folder(folder, "t", Optional.of(KEY)));
        assertThat(CacheTarget.of(CacheAttributes.parse("type=registry,ref=a/b:c"), _ -> folder))
                .isEqualTo(new CacheTarget.Registry("a/b:c", CacheTarget.Manner.USUAL));
        assertThat(CacheTarget.of(CacheAttributes.parse("type=inline"), _ -> folder))
                .isEqualTo(new CacheTarget.Inline());
        assertThat(CacheTarget.of(
                        CacheAttributes.parse(
                                "type=local,id=1,mode=max,compression=zstd,compression-level=19,ignore-error=true"
                                        + ",oci-mediatypes=true,image-manifest=true,force-compression=false"),
                        _ -> folder))
                .isEqualTo(new CacheTarget.Folder(
                        folder,
                        CacheSource.USUAL_TAG,
                        new CacheTarget.Manner(CacheTarget.Mode.MAX, Compression.ZSTD, OptionalInt.of(19), true)));
    }

    @Test
    void whatAClientHasTakenApartIsNotReadAgain() {
        assertThat(CacheSource.of(
                        CacheAttributes.of(Map.of("type", "local", "id", "a,tag=b")), id -> Path.of("/" + id)))
                .isEqualTo(new CacheSource.Folder(Path.of("/a,tag=b"), CacheSource.USUAL_TAG, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry",
                "ref=a",
                "type=registry",
                "type=registry,ref=A",
                "type=registry,ref=a,mode=most",
                "type=registry,ref=a,compression=xz",
                "type=registry,ref=a,compression-level=10",
                "type=registry,ref=a,compression-level=x",
                "type=registry,ref=a,force-compression=true",
                "type=registry,ref=a,image-manifest=false",
                "type=registry,ref=a,ignore-error=perhaps",
                "type=registry,ref=a,token=x",
                "type=local,dest=/etc",
                "type=inline,mode=max",
                "type=s3,bucket=x"
            })
    void optionsThatMakeNoSenseAreRefusedByName(String text) {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> CacheTarget.of(CacheAttributes.parse(text), _ -> Path.of("/f")))
                .withMessageContaining("cache \"" + text + "\"");
    }
}
