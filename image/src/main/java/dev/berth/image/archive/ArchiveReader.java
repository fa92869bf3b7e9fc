package dev.berth.image.archive;

import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes in the images of an archive. What an image that fails has brought along does not stay. */
public final class ArchiveReader {
    private static final String CONTAINERD_NAME = "io.containerd.image.name";
    private static final String OCI_NAME = "org.opencontainers.image.ref.name";

    private final ImageStore store;
    private final Limits limits;
    private final Platform platform;

    /** @param platform whose image is taken from an index */
    public ArchiveReader(ImageStore store, Limits limits, Platform platform) {
        this.store = store;
        this.limits = limits;
        this.platform = platform;
    }

    /** Is told of each image as it is there. */
    @FunctionalInterface
    public interface Listener {
        /** @param name the name it was given, if the archive tells one */
        void loaded(Optional<Reference> name, ImageRecord image) throws IOException;
    }

    /** Reads an archive; the stream is not closed. */
    public void load(InputStream archive, Listener listener) throws IOException {
        try (Session session = store.begin()) {
            ArchiveContents contents = ArchiveContents.read(archive, store.content(), session, limits);
            Optional<byte[]> index = contents.document("index.json");
            Optional<byte[]> manifest = contents.document("manifest.json");
            if (index.isPresent()) {
                loadLayout(ImageIndex.parse(index.get(), MediaTypes.OCI_INDEX), contents, session, listener);
            } else if (manifest.isPresent()) {
                loadDocker(manifest.get(), contents, session, listener);
            } else {
                throw ImageException.invalid(
                        "the archive holds no image: it has neither an index.json (an OCI image"
                                + " layout) nor a manifest.json (docker save). A root file system's tar is taken by \"import\"");
            }
        }
    }

    // OCI image layouts (image-layout.md)

    private void loadLayout(ImageIndex index, ArchiveContents contents, Session session, Listener listener)
            throws IOException {
        int loaded = 0;
        for (Descriptor entry : index.manifests()) {
            boolean foreign = entry.platform().filter(p -> !platform.accepts(p)).isPresent();
            if (foreign && index.manifests().size() > 1) {
                continue;
            }
            Descriptor chosen = choose(entry, contents);
            byte[] json = read(chosen, contents, limits.manifestBytes());
            add(ImageManifest.parse(json, chosen.mediaType()), name(entry), session, listener);
            loaded++;
        }
        if (loaded == 0) {
            throw new ImageException(
                    ImageException.Kind.NO_MATCHING_PLATFORM,
                    "the archive has no image for " + platform + ", but for: " + index.platforms());
        }
    }

    /** The manifest that a descriptor leads to, through indexes. */
    private Descriptor choose(Descriptor entry, ArchiveContents contents) throws IOException {
        Descriptor current = entry;
        for (int depth = 0; MediaTypes.isIndex(current.mediaType()); depth++) {
            if (depth > 3) {
                throw ImageException.invalid("the archive's indexes are nested too deeply");
            }
            ImageIndex index = ImageIndex.parse(read(current, contents, limits.manifestBytes()), current.mediaType());
            current = index.forPlatform(platform)
                    .orElseThrow(() -> new ImageException(
                            ImageException.Kind.NO_MATCHING_PLATFORM,
                            "the archive has no image for " + platform + ", but for: " + index.platforms()));
        }
        return current;
    }

    private byte[] read(Descriptor descriptor, ArchiveContents contents, int limit) throws IOException {
        contents.blob("blobs/" + descriptor.digest().algorithm().prefix() + "/"
                + descriptor.digest().hex());
        return store.content().read(descriptor.digest(), limit);
    }

    private static List<Reference> name(Descriptor entry) throws ImageException {
        Map<String, String> annotations = entry.annotations();
        String name = annotations.getOrDefault(CONTAINERD_NAME, annotations.getOrDefault(OCI_NAME, ""));
        boolean bareTag = name.indexOf(':') < 0 && name.indexOf('/') < 0;
        return bareTag ? List.of() : List.of(Reference.parse(name).withDefaultTag());
    }

    // Archives of docker save

    private void loadDocker(byte[] json, ArchiveContents contents, Session session, Listener listener)
            throws IOException {
        JsonObject wrapped = JsonObject.parse(wrap(json), "manifest.json of the archive");
        for (JsonObject image : wrapped.objects("images")) {
            Digest config = contents.blob(image.requiredString("Config"));
            List<Descriptor> layers = new ArrayList<>();
            for (String layer : image.strings("Layers")) {
                layers.add(layer(contents.blob(layer)));
            }
            ImageManifest manifest = ImageManifest.of(
                    MediaTypes.OCI_MANIFEST,
                    new Descriptor(
                            MediaTypes.OCI_CONFIG,
                            config,
                            store.content().size(config).orElseThrow()),
                    layers,
                    Map.of());
            session.isTemporary(store.content().put(manifest.raw().bytes()));
            List<Reference> names = new ArrayList<>();
            for (String name : image.strings("RepoTags")) {
                names.add(Reference.parse(name).withDefaultTag());
            }
            add(manifest, names, session, listener);
        }
    }

    /** The document is a list, and our reader takes objects. */
    private static byte[] wrap(byte[] list) {
        byte[] head = "{\"images\":".getBytes(StandardCharsets.US_ASCII);
        byte[] wrapped = new byte[head.length + list.length + 1];
        System.arraycopy(head, 0, wrapped, 0, head.length);
        System.arraycopy(list, 0, wrapped, head.length, list.length);
        wrapped[wrapped.length - 1] = '}';
        return wrapped;
    }

    private Descriptor layer(Digest digest) throws IOException {
        try (InputStream in =
                new BufferedInputStream(Files.newInputStream(store.content().path(digest)))) {
            String mediaType = switch (Compression.detect(in)) {
                case GZIP -> MediaTypes.OCI_LAYER_GZIP;
                case ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
                case NONE, BZIP2 -> MediaTypes.OCI_LAYER;
            };
            return new Descriptor(
                    mediaType, digest, store.content().size(digest).orElseThrow());
        }
    }

    private void add(ImageManifest manifest, List<Reference> names, Session session, Listener listener)
            throws IOException {
        ImageRecord image = store.add(manifest, session);
        for (Reference name : names) {
            store.catalog().name(name.toString(), image.id());
            listener.loaded(Optional.of(name), image);
        }
        if (names.isEmpty()) {
            listener.loaded(Optional.empty(), image);
        }
    }
}
