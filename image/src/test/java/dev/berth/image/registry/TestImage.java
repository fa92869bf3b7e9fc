package dev.berth.image.registry;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** An image made for a test, with its blobs: one file of noise a layer, at {@code file-<n>}. */
record TestImage(ImageManifest manifest, byte[] config, List<byte[]> layers) {
    static TestImage of(Platform platform, int... layerBytes) throws IOException {
        List<byte[]> blobs = new ArrayList<>();
        List<Descriptor> descriptors = new ArrayList<>();
        List<String> diffIds = new ArrayList<>();
        for (int i = 0; i < layerBytes.length; i++) {
            byte[] tar = tar("file-" + i, layerBytes[i]);
            byte[] blob = gzip(tar);
            blobs.add(blob);
            diffIds.add(Digest.sha256(tar).toString());
            descriptors.add(Descriptor.of(MediaTypes.OCI_LAYER_GZIP, blob));
        }
        byte[] config = JsonObject.write(Map.of(
                "os", platform.os(),
                "architecture", platform.architecture(),
                "rootfs", Map.of("type", "layers", "diff_ids", diffIds)));
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST, Descriptor.of(MediaTypes.OCI_CONFIG, config), descriptors, Map.of());
        return new TestImage(manifest, config, blobs);
    }

    static TestImage of(int... layerBytes) throws IOException {
        return of(Platform.host(), layerBytes);
    }

    /** An index of these images, each for its platform. */
    static ImageIndex index(Map<Platform, TestImage> images) {
        return ImageIndex.of(
                MediaTypes.OCI_INDEX,
                images.entrySet().stream()
                        .map(entry -> entry.getValue().manifest.descriptor().withPlatform(entry.getKey()))
                        .toList());
    }

    Digest layer(int i) {
        return manifest.layers().get(i).digest();
    }

    static byte[] tar(String name, int bytes) throws IOException {
        byte[] noise = new byte[bytes];
        new Random(bytes).nextBytes(noise);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(out)) {
            tar.begin(TarEntry.file(name, 0644, 0, 0, Instant.EPOCH, noise.length, Map.of()));
            tar.write(noise, 0, noise.length);
        }
        return out.toByteArray();
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
