package dev.berth.image.builtin;

import dev.berth.linux.asm.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The image {@code hello-world}, for linux/amd64 and linux/arm64, as an OCI image layout (image-spec,
 * {@code image-layout.md}) in a tar archive: what loading an image from an archive takes. The same bytes each time, so
 * its digests are stable.
 */
public final class HelloWorld {
    /** The image's familiar name, as a user types it. */
    public static final String NAME = "hello-world";
    /** The image's full name, as the archive's annotation has it. */
    public static final String REFERENCE = "docker.io/library/hello-world:latest";

    private static final String PROGRAM = "hello";
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    /** Not compressed: the layer is a few kilobytes, and a compressor's output may differ between versions. */
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

    /** The archive's files under {@code blobs/sha256}, by digest. */
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();

    private HelloWorld() {}

    /** The archive: {@code oci-layout}, {@code index.json} and {@code blobs/sha256/…}. */
    public static byte[] ociArchive() {
        return new HelloWorld().archive();
    }

    private byte[] archive() {
        List<String> manifests = new ArrayList<>();
        for (Machine machine : Machine.values()) {
            manifests.add(manifest(machine));
        }
        String image =
                descriptor(INDEX, text("""
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(INDEX, String.join(",", manifests))), """
                ,"annotations":{"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"latest"}""".formatted(REFERENCE));
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("oci-layout", text("""
                {"imageLayoutVersion":"1.0.0"}"""));
        files.put("index.json", text("""
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(INDEX, image)));
        blobs.forEach((digest, bytes) -> files.put("blobs/sha256/" + digest, bytes));
        return tar(files, 0644);
    }

    /** Adds the manifest for one machine with all it refers to; gives its descriptor. */
    private String manifest(Machine machine) {
        String architecture = architecture(machine);
        byte[] layer = tar(Map.of(PROGRAM, HelloProgram.executable(machine)), 0755);
        byte[] config = text("""
                {"created":"%1$s","architecture":"%2$s","os":"linux",\
                "config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],\
                "Cmd":["/%3$s"],"WorkingDir":"/"},\
                "rootfs":{"type":"layers","diff_ids":["sha256:%4$s"]},\
                "history":[{"created":"%1$s","created_by":"berth: /%3$s, assembled for %2$s"}]}""".formatted(CREATED, architecture, PROGRAM, sha256(layer)));
        String manifest = """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(MANIFEST, descriptor(CONFIG, config, ""), descriptor(LAYER, layer, ""));
        return descriptor(MANIFEST, text(manifest), """
                ,"platform":{"architecture":"%s","os":"linux"}""".formatted(architecture));
    }

    /** Adds the blob; gives its descriptor, which ends with the further members. */
    private String descriptor(String mediaType, byte[] blob, String further) {
        String digest = sha256(blob);
        blobs.put(digest, blob);
        return """
                {"mediaType":"%s","digest":"sha256:%s","size":%d%s}""".formatted(mediaType, digest, blob.length, further);
    }

    private static String architecture(Machine machine) {
        return switch (machine) {
            case X86_64 -> "amd64";
            case AARCH64 -> "arm64";
        };
    }

    /** An archive of root's files, with the image's own time instead of the clock's. */
    private static byte[] tar(Map<String, byte[]> files, int permissions) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), TarConstants.LF_NORMAL);
                entry.setSize(file.getValue().length);
                entry.setMode(permissions);
                entry.setModTime(CREATED.toEpochMilli());
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
