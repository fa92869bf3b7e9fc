package dev.berth.image;

import dev.berth.image.archive.ArchiveWriter;
import dev.berth.image.archive.PlatformIndex;
import dev.berth.image.catalog.AnnotatedImages;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.NameRecord;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Images that are one thing for several platforms: all that is done with them together, in the order that their index has. */
final class SeveralPlatforms {
    private final ImageStore store;
    private final Platform own;

    /** @param own whose image is meant where no platform is asked for */
    SeveralPlatforms(ImageStore store, Platform own) {
        this.store = store;
        this.own = own;
    }

    /** The one for this host's platform; the first where there is none. */
    Image main(List<Image> images) {
        return images.stream()
                .filter(image -> own.accepts(image.config().platform()))
                .findFirst()
                .orElse(images.getFirst());
    }

    /** Their index, or the only one's manifest. */
    static Descriptor target(List<Image> images) {
        return images.size() == 1
                ? images.getFirst().manifest().descriptor()
                : PlatformIndex.of(images).descriptor();
    }

    /** Gives them one name. */
    void name(List<Image> images, Reference name) throws IOException {
        Digest main = main(images).id();
        try (Session session = store.begin()) {
            ImageIndex index = PlatformIndex.of(images);
            session.isTemporary(store.content().put(index.raw().bytes()));
            List<Digest> others = images.stream()
                    .map(Image::id)
                    .filter(id -> !id.equals(main))
                    .distinct()
                    .toList();
            store.name(new NameRecord(name.toString(), main, Optional.of(index.descriptor()), others));
        }
    }

    /**
     * Writes them as an archive.
     *
     * @param tags their names in it, which they need not have here
     * @param annotations for the documents that are written; here they stay without
     */
    void save(List<Image> images, List<Reference> tags, Annotations annotations, OutputStream archive)
            throws IOException {
        AnnotatedImages annotated = AnnotatedImages.of(
                images.stream()
                        .map(image -> new StoredImage(image.manifest(), image.config()))
                        .toList(),
                annotations);
        try (Session session = store.begin()) {
            List<Image> written = new ArrayList<>();
            for (int i = 0; i < images.size(); i++) {
                ImageManifest manifest = annotated.images().get(i).manifest();
                if (!manifest.equals(images.get(i).manifest())) {
                    session.isTemporary(store.content().put(manifest.raw().bytes()));
                }
                written.add(images.get(i).withManifest(manifest));
            }
            if (annotated.index().isPresent()) {
                session.isTemporary(
                        store.content().put(annotated.index().get().raw().bytes()));
            }
            Image main = main(written);
            List<Image> others =
                    written.stream().filter(image -> !image.equals(main)).toList();
            ArchiveWriter.Named named = new ArchiveWriter.Named(
                    main, tags, annotated.index().map(ImageIndex::descriptor), others, annotated.noted());
            ArchiveWriter.write(List.of(named), store.content(), archive);
        }
    }
}
