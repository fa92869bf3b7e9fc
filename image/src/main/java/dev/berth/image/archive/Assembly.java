package dev.berth.image.archive;

import dev.berth.image.Image;
import dev.berth.image.content.ContentStore;
import dev.berth.image.layer.LayerBlob;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An image that is put together of layers made for it, on another image's or on nothing. The same layers and values give
 * the same image, byte for byte. For one thread.
 */
public final class Assembly {
    private final ContentStore content;
    private final Consumer<Digest> taken;
    private final List<Descriptor> layers = new ArrayList<>();
    private final List<Digest> diffIds = new ArrayList<>();
    private final List<History> history = new ArrayList<>();

    /**
     * What was put together; its blobs are in the content store.
     *
     * @param config the image's configuration, to which the manifest leads
     */
    public record Result(ImageConfig config, ImageManifest manifest) {}

    /** How an image is made. */
    @FunctionalInterface
    public interface Recipe {
        Result make(Assembly assembly) throws IOException;
    }

    /**
     * @param content where the blobs go
     * @param taken told of each blob that is there now
     */
    public Assembly(ContentStore content, Consumer<Digest> taken) {
        this.content = content;
        this.taken = taken;
    }

    /** Where the blobs are; a base's belong there, too. */
    public ContentStore content() {
        return content;
    }

    /** Begins with another image's layers, whose blobs are in the content store. */
    public void beginWith(Image base) {
        layers.addAll(base.layers());
        diffIds.addAll(base.config().diffIds());
        history.addAll(base.config().history());
    }

    /**
     * Puts a layer on top.
     *
     * @param step the history's word on it
     */
    public LayerBlob addLayer(LayerBlob.Entries entries, History step) throws IOException {
        LayerBlob layer = LayerBlob.write(content, entries);
        taken.accept(layer.blob().digest());
        addLayer(layer, step);
        return layer;
    }

    /** Puts a layer on top that is in the content store already. */
    public void addLayer(LayerBlob layer, History step) {
        layers.add(layer.blob());
        diffIds.add(layer.diffId());
        history.add(step);
    }

    /** Writes configuration and manifest. */
    public Result finish(Instant created, Platform platform, ContainerConfig containers) throws IOException {
        ImageConfig config = ImageConfig.of(created, "", "", platform, containers, diffIds, history);
        return new Result(config, ImageDocuments.write(content, taken, config, layers));
    }
}
