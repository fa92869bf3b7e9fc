package dev.berth.engine.container;

import dev.berth.engine.container.ContainerInspection.RootfsView;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.snapshot.WritableLayer;
import dev.berth.level.Rootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a container's root is made of: its image's layers or a tree of the host's, and a place for its changes. */
sealed interface ContainerRoot {
    /** In a level's terms. */
    Rootfs rootfs(boolean readOnly) throws IOException;

    Optional<RootfsView> view();

    /**
     * Makes the place for changes to an image.
     *
     * @param sizeBytes what they may take; 0 for any size
     */
    static ContainerRoot create(Images images, String id, Image image, long sizeBytes) throws IOException {
        return new OfImage(images, id, Optional.of(images.createWritable(id, image, sizeBytes)));
    }

    /** On an image's layers. */
    final class OfImage implements ContainerRoot {
        private final Images images;
        private final String id;
        private volatile Optional<WritableLayer> known;

        private OfImage(Images images, String id, Optional<WritableLayer> known) {
            this.images = images;
            this.id = id;
            this.known = known;
        }

        /** One that is there; its layers are looked up when they are needed. */
        static OfImage later(Images images, String id) {
            return new OfImage(images, id, Optional.empty());
        }

        @Override
        public Rootfs rootfs(boolean readOnly) throws IOException {
            WritableLayer layer = layer().orElseThrow(() -> new IOException("the directories of its changes are gone"));
            return new Rootfs(layer.lower(), layer.upper(), layer.work(), readOnly, false);
        }

        @Override
        public Optional<RootfsView> view() {
            try {
                return layer().map(layer -> new RootfsView(layer.lower(), layer.upper(), layer.work()));
            } catch (IOException e) {
                return Optional.empty(); // a look at a container fails not because its image's layers are damaged
            }
        }

        private Optional<WritableLayer> layer() throws IOException {
            Optional<WritableLayer> layer = known;
            if (layer.isEmpty()) {
                layer = images.writable(id);
                known = layer;
            }
            return layer;
        }
    }

    /**
     * On a tree of the host's.
     *
     * @param directory the container's own
     * @param scratch whether changes are kept in memory, because the tree contains the directory
     */
    record OfTree(Path tree, Path directory, boolean scratch) implements ContainerRoot {
        static OfTree of(Path tree, Path directory) throws IOException {
            return new OfTree(tree, directory, directory.toRealPath().startsWith(tree.toRealPath()));
        }

        @Override
        public Rootfs rootfs(boolean readOnly) throws IOException {
            if (!scratch) {
                Files.createDirectories(upper());
                Files.createDirectories(work());
            }
            return new Rootfs(List.of(tree), upper(), work(), readOnly, scratch);
        }

        @Override
        public Optional<RootfsView> view() {
            return scratch ? Optional.empty() : Optional.of(new RootfsView(List.of(tree), upper(), work()));
        }

        private Path upper() {
            return directory.resolve("rootfs/upper");
        }

        private Path work() {
            return directory.resolve("rootfs/work");
        }
    }
}
