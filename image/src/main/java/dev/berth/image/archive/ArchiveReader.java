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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes in the images of an archive. What an image that fails has brought along does not stay. */
public final class ArchiveReader {
    private static final String CONTAINERD_NAME = "io.containerd.image.name";
    private static final int MOST_NESTING = 4;
    private static final String OCI_NAME = "org.opencontainers.image.ref.name";

    private final ImageStore store;
    private final Limits limits;
    private final Platform own;
    private final Optional<Platform> asked;
    private int loaded;

    /**
     * @param own whose image is meant by a name for which there are several
     * @param asked whose images alone are taken; empty for all
     */
    public ArchiveReader(ImageStore store, Limits limits, Platform own, Optional<Platform> asked) {
        this.store = store;
        this.limits = limits;
        this.own = own;
        this.asked = asked;
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
        Map<List<Reference>, Group> groups = new LinkedHashMap<>();
        Set<String> offered = new LinkedHashSet<>();
        for (Descriptor entry : index.manifests()) {
            List<Reference> names = name(entry);
            List<Reference> key = names.isEmpty() ? List.of() : names;
            Group group = groups.computeIfAbsent(key, same -> new Group());
            collect(entry, contents, group, offered, 0);
            if (names.isEmpty()) {
                take(groups.remove(key), names, session, listener);
            }
        }
        for (Map.Entry<List<Reference>, Group> group : groups.entrySet()) {
            take(group.getValue(), group.getKey(), session, listener);
        }
        if (loaded == 0) {
            throw new ImageException(
                    ImageException.Kind.NO_MATCHING_PLATFORM,
                    "the archive has no image for " + asked.orElse(own) + ", but for: " + String.join(", ", offered));
        }
    }

    /** What one name of an archive leads to: manifests, mostly one; and the index that lists them. */
    private static final class Group {
        private final List<Descriptor> manifests = new ArrayList<>();
        private Optional<ImageIndex> index = Optional.empty();
    }

    /** Gathers the manifests that a descriptor leads to and that are wanted and in the archive. */
    private void collect(Descriptor entry, ArchiveContents contents, Group group, Set<String> offered, int depth)
            throws IOException {
        if (depth > MOST_NESTING) {
            throw ImageException.invalid("the archive's indexes are nested too deeply");
        }
        if (MediaTypes.isIndex(entry.mediaType())) {
            ImageIndex index = ImageIndex.parse(read(entry, contents, limits.manifestBytes()), entry.mediaType());
            group.index = Optional.of(index);
            for (Descriptor manifest : index.manifests()) {
                if (contents.has(manifest.digest()) && (!manifest.isAttestation() || asked.isEmpty())) {
                    collect(manifest, contents, group, offered, depth + 1);
                } else {
                    manifest.platform().ifPresent(platform -> offered.add(platform.toString()));
                }
            }
            return;
        }
        entry.platform().ifPresent(platform -> offered.add(platform.toString()));
        boolean wanted = asked.isEmpty()
                || entry.platform().isEmpty()
                || asked.get().accepts(entry.platform().get());
        if (wanted) {
            group.manifests.add(entry);
            read(entry, contents, limits.manifestBytes());
        }
    }

    /** Adds a name's images. */
    private void take(Group group, List<Reference> names, Session session, Listener listener) throws IOException {
        List<ImageRecord> images = new ArrayList<>();
        List<Digest> attestations = new ArrayList<>();
        for (Descriptor descriptor : group.manifests) {
            byte[] json = store.content().read(descriptor.digest(), limits.manifestBytes());
            ImageManifest manifest = ImageManifest.parse(json, descriptor.mediaType());
            if (manifest.isAttestation() || descriptor.isAttestation()) {
                takeAttestation(descriptor, manifest, names, attestations, session);
                continue;
            }
            boolean wanted = asked.isEmpty()
                    || asked.get().accepts(store.readConfig(manifest).platform());
            if (wanted) {
                images.add(store.add(manifest, session));
            }
        }
        if (images.isEmpty()) {
            return;
        }
        loaded++;
        if (names.isEmpty()) {
            for (ImageRecord image : images) {
                store.catalog().settle(image.id());
                listener.loaded(Optional.empty(), image);
            }
            return;
        }
        List<Digest> ids = new ArrayList<>(attestations); // first, as the last one may be what the name means
        images.stream().map(ImageRecord::id).distinct().forEach(ids::add);
        Optional<Descriptor> index = index(group, ids.size() > 1);
        for (Reference name : names) {
            store.nameAll(name.toString(), ids, index, own);
            Digest main = store.catalog().named(name.toString()).orElse(ids.getFirst());
            listener.loaded(Optional.of(name), store.catalog().image(main).orElse(images.getFirst()));
        }
    }

    /** Takes what is told about an image along with it, where it has a name and is what the index says; else it is left out. */
    private void takeAttestation(
            Descriptor descriptor,
            ImageManifest manifest,
            List<Reference> names,
            List<Digest> attestations,
            Session session)
            throws IOException {
        if (manifest.isAttestation() && descriptor.isAttestation() && !names.isEmpty()) {
            attestations.add(store.add(manifest, session).id());
        }
    }

    /** The index as it came; or one of all manifests, where the archive lists several for one name. */
    private Optional<Descriptor> index(Group group, boolean several) throws IOException {
        Optional<ImageIndex> index = group.index.isPresent() || !several
                ? group.index
                : Optional.of(ImageIndex.of(
                        MediaTypes.OCI_INDEX,
                        group.manifests.stream()
                                .map(manifest -> manifest.withAnnotations(Map.of()))
                                .toList()));
        if (index.isPresent()) {
            store.content().put(index.get().raw().bytes());
        }
        return index.map(ImageIndex::descriptor);
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
                layers.add(layer(contents.blob(layer), session));
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
            if (asked.isPresent()
                    && !asked.get().accepts(store.readConfig(manifest).platform())) {
                throw new ImageException(
                        ImageException.Kind.NO_MATCHING_PLATFORM,
                        "the archive has no image for " + asked.get() + ", but for: "
                                + store.readConfig(manifest).platform());
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

    /** Of a blob of the archive; of one that no layer may be, its content is taken in as another. */
    private Descriptor layer(Digest blob, Session session) throws IOException {
        try (InputStream in =
                new BufferedInputStream(Files.newInputStream(store.content().path(blob)))) {
            Optional<String> mediaType = Compression.detect(in).layerType();
            return mediaType.isPresent()
                    ? new Descriptor(
                            mediaType.get(), blob, store.content().size(blob).orElseThrow())
                    : TreeImport.layer(store, in, session);
        }
    }

    private void add(ImageManifest manifest, List<Reference> names, Session session, Listener listener)
            throws IOException {
        ImageRecord image = store.add(manifest, session);
        for (Reference name : names) {
            store.name(name.toString(), image.id());
            listener.loaded(Optional.of(name), image);
        }
        if (names.isEmpty()) {
            store.catalog().settle(image.id());
            listener.loaded(Optional.empty(), image);
        }
    }
}
