package dev.berth.api.route;

import dev.berth.engine.Engine;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What containers have of their own, and with their images' layers; an image of several is asked once. */
final class ContainerSizes {
    private final Engine engine;
    private final Map<String, Long> images = new HashMap<>();

    ContainerSizes(Engine engine) {
        this.engine = engine;
    }

    /** Adds {@code SizeRw} and {@code SizeRootFs}. */
    void addTo(Map<String, @Nullable Object> view, ContainerInspection container) throws IOException {
        long own = engine.containers().files().size(container.id());
        view.put("SizeRw", own);
        view.put("SizeRootFs", own + imageBytes(container.imageId()));
    }

    private long imageBytes(String id) throws IOException {
        Long known = images.get(id);
        if (known != null) {
            return known;
        }
        long bytes = id.isEmpty()
                ? 0
                : engine.images()
                        .store()
                        .byId(Digest.parse(id))
                        .map(Image::size)
                        .orElse(0L);
        images.put(id, bytes);
        return bytes;
    }
}
