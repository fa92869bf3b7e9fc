package dev.berth.image;

import dev.berth.image.archive.ArchiveReader;
import dev.berth.image.archive.ArchiveWriter;
import dev.berth.image.catalog.ImageNames;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.NameRecord;
import dev.berth.image.catalog.Session;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes images in from archives, and writes archives of those that are named. */
final class Archives {
    private final ImageStore store;
    private final ImageNames names;
    private final ImageFinder finder;
    private final ImageOptions options;

    Archives(ImageStore store, ImageNames names, ImageFinder finder, ImageOptions options) {
        this.store = store;
        this.names = names;
        this.finder = finder;
        this.options = options;
    }

    List<Loaded> load(InputStream archive, Optional<Platform> platform, Consumer<Loaded> progress) throws IOException {
        List<Loaded> loaded = new ArrayList<>();
        new ArchiveReader(store, options.limits(), options.platform(), platform).load(archive, (name, record) -> {
            Loaded one = new Loaded(name.map(Reference::familiar), finder.image(record));
            loaded.add(one);
            progress.accept(one);
        });
        return List.copyOf(loaded);
    }

    List<Image> save(List<String> namesOrIds, Optional<Platform> platform, OutputStream archive) throws IOException {
        try (Session session = store.begin()) {
            List<ArchiveWriter.Named> images = new ArrayList<>();
            for (String nameOrId : namesOrIds) {
                images.addAll(named(nameOrId, platform));
            }
            ArchiveWriter.write(images, store.content(), archive);
            return images.stream().map(ArchiveWriter.Named::image).distinct().toList();
        }
    }

    /** What the words mean in an archive: a bare repository means every tag of it. */
    private List<ArchiveWriter.Named> named(String nameOrId, Optional<Platform> platform) throws IOException {
        boolean id = nameOrId.startsWith("sha256:");
        List<Reference> tags = id ? List.of() : tagsOf(Reference.parse(nameOrId));
        List<ArchiveWriter.Named> all = new ArrayList<>();
        for (Reference tag : tags) {
            all.add(named(tag.toString(), List.of(tag), platform));
        }
        if (!all.isEmpty()) {
            return merged(all);
        }
        ImageRecord record = finder.record(nameOrId);
        Optional<String> tag = ImageNames.isIdOf(nameOrId, record)
                ? Optional.empty()
                : Reference.parse(nameOrId).withDefaultTag().tag();
        List<Reference> name =
                tag.isPresent() ? List.of(Reference.parse(nameOrId).withTag(tag.get())) : List.of();
        return List.of(named(nameOrId, name, platform));
    }

    private List<Reference> tagsOf(Reference repository) throws IOException {
        boolean bare = repository.tag().isEmpty() && repository.digest().isEmpty();
        return bare ? List.copyOf(store.catalog().tagged(repository).keySet()) : List.of();
    }

    private ArchiveWriter.Named named(String nameOrId, List<Reference> name, Optional<Platform> platform)
            throws IOException {
        Image image = finder.find(nameOrId, platform);
        List<Image> variants = new ArrayList<>();
        Optional<NameRecord> entry = platform.isPresent() ? Optional.empty() : names.entry(nameOrId);
        for (Digest variant : entry.map(NameRecord::variants).orElse(List.of())) {
            finder.byId(variant).ifPresent(variants::add);
        }
        return new ArchiveWriter.Named(image, name, entry.flatMap(NameRecord::index), variants);
    }

    /** Several names of the same are one entry in an archive. */
    private static List<ArchiveWriter.Named> merged(List<ArchiveWriter.Named> all) {
        Map<Object, ArchiveWriter.Named> byContent = new LinkedHashMap<>();
        for (ArchiveWriter.Named each : all) {
            byContent.merge(
                    List.of(each.image().id(), each.index(), each.variants()), each, ArchiveWriter.Named::withNamesOf);
        }
        return List.copyOf(byContent.values());
    }
}
