package dev.berth.image.archive;

import dev.berth.image.Image;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.registry.Reference;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes images as an OCI image layout with Docker's {@code manifest.json} beside its index. */
public final class ArchiveWriter {
    private static final int READ_ONLY = 0644;
    private static final int BUFFER_BYTES = 128 << 10;

    private final ContentStore content;
    private final Target target;
    private final Set<Digest> written = new HashSet<>();

    private ArchiveWriter(ContentStore content, Target target) {
        this.content = content;
        this.target = target;
    }

    /** Where the layout's files go. */
    private interface Target {
        void put(String name, long size, InputStream bytes) throws IOException;
    }

    /**
     * An image and what it is to be called in the archive.
     *
     * @param names with tags; none where it was asked for by its ID
     * @param index the index that the names stand for, if they do
     * @param variants the images of other platforms to go with it
     * @param noted of it, where the layout lists it
     */
    public record Named(
            Image image,
            List<Reference> names,
            Optional<Descriptor> index,
            List<Image> variants,
            Map<String, String> noted) {
        public Named {
            names = List.copyOf(names);
            variants = List.copyOf(variants);
            noted = Map.copyOf(noted);
        }

        /** One of which nothing is noted. */
        public Named(Image image, List<Reference> names, Optional<Descriptor> index, List<Image> variants) {
            this(image, names, index, variants, Map.of());
        }

        /** This with the names of another as well. */
        public Named withNamesOf(Named other) {
            List<Reference> all = new ArrayList<>(names);
            all.addAll(other.names);
            return new Named(image, all, index, variants, noted);
        }

        List<Image> images() {
            List<Image> all = new ArrayList<>(List.of(image));
            all.addAll(variants);
            return all;
        }
    }

    /** Writes the archive; the stream is not closed. The caller keeps the images from being removed meanwhile. */
    public static void write(List<Named> images, ContentStore content, OutputStream out) throws IOException {
        try (TarWriter tar = new TarWriter(out)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            Target archive = (name, size, bytes) -> {
                tar.begin(TarEntry.file(name, READ_ONLY, 0, 0, Instant.EPOCH, size, Map.of()));
                for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                    tar.write(buffer, 0, n);
                }
            };
            new ArchiveWriter(content, archive).write(images);
        }
    }

    /** Writes the layout as files in a directory, which is there and empty. */
    public static void write(List<Named> images, ContentStore content, Path directory) throws IOException {
        Target files = (name, size, bytes) -> {
            Path file = directory.resolve(name);
            Files.createDirectories(file.resolveSibling("."));
            Files.copy(bytes, file);
        };
        new ArchiveWriter(content, files).write(images);
    }

    private void write(List<Named> images) throws IOException {
        List<Object> index = new ArrayList<>();
        List<Object> docker = new ArrayList<>();
        for (Named named : images) {
            for (Image image : named.images()) {
                blob(image.id());
                for (Descriptor layer : image.layers()) {
                    blob(layer.digest());
                }
                blob(image.manifest().raw().digest());
            }
            index.addAll(indexEntries(named));
            docker.add(dockerEntry(named));
        }
        file("oci-layout", JsonObject.write(Map.of("imageLayoutVersion", "1.0.0")));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schemaVersion", 2);
        document.put("mediaType", MediaTypes.OCI_INDEX);
        document.put("manifests", index);
        file("index.json", JsonObject.write(document));
        byte[] wrapped = JsonObject.write(Map.of("i", docker));
        String list = new String(wrapped, StandardCharsets.UTF_8);
        file(
                "manifest.json",
                list.substring(list.indexOf('['), list.lastIndexOf(']') + 1).getBytes(StandardCharsets.UTF_8));
    }

    private List<Object> indexEntries(Named named) throws IOException {
        Descriptor manifest = named.variants().isEmpty() ? PlatformIndex.descriptor(named.image()) : index(named);
        List<Object> entries = new ArrayList<>();
        for (Reference name : named.names()) {
            Map<String, String> annotations = new LinkedHashMap<>(named.noted());
            annotations.put("io.containerd.image.name", name.toString());
            annotations.put("org.opencontainers.image.ref.name", name.tag().orElse(Reference.LATEST));
            entries.add(manifest.withAnnotations(annotations).toTree());
        }
        Descriptor nameless = named.noted().isEmpty() ? manifest : manifest.withAnnotations(named.noted());
        return entries.isEmpty() ? List.of(nameless.toTree()) : entries;
    }

    /**
     * Writes the index of several platforms: as it came where all of its images are here; else one of those that are, so
     * that no reader misses what it lists.
     */
    private Descriptor index(Named named) throws IOException {
        List<Image> images = named.images();
        List<Digest> here =
                images.stream().map(image -> image.manifest().raw().digest()).toList();
        Optional<ImageIndex> original = Optional.empty();
        if (named.index().isPresent()) {
            Descriptor descriptor = named.index().get();
            original = Optional.of(ImageIndex.parse(
                            content.read(descriptor.digest(), Limits.DEFAULT.manifestBytes()), descriptor.mediaType()))
                    .filter(index -> index.manifests().stream().allMatch(manifest -> here.contains(manifest.digest())));
        }
        ImageIndex whole = original.orElseGet(() -> PlatformIndex.of(images));
        if (written.add(whole.raw().digest())) {
            file(blobName(whole.raw().digest()), whole.raw().bytes());
        }
        return whole.descriptor();
    }

    private static Map<String, Object> dockerEntry(Named named) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("Config", blobName(named.image().id()));
        entry.put("RepoTags", named.names().stream().map(Reference::familiar).toList());
        entry.put(
                "Layers",
                named.image().layers().stream()
                        .map(layer -> blobName(layer.digest()))
                        .toList());
        return entry;
    }

    private static String blobName(Digest digest) {
        return "blobs/" + digest.algorithm().prefix() + "/" + digest.hex();
    }

    private void blob(Digest digest) throws IOException {
        if (!written.add(digest)) {
            return;
        }
        try (InputStream in = Files.newInputStream(content.path(digest))) {
            target.put(blobName(digest), content.size(digest).orElseThrow(), in);
        }
    }

    private void file(String name, byte[] bytes) throws IOException {
        target.put(name, bytes.length, new ByteArrayInputStream(bytes));
    }
}
