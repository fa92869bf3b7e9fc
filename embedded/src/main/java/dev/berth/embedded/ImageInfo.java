package dev.berth.embedded;

import dev.berth.image.Image;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * An image that is here, as it was when asked for.
 *
 * @param id {@code sha256:…}
 * @param names in their usual form: {@code debian:12}
 * @param labels that it was built with
 * @param created when it was made, as it says of itself
 * @param size bytes that its unpacked layers take up
 */
public record ImageInfo(String id, List<String> names, Map<String, String> labels, Instant created, long size) {
    public ImageInfo {
        names = List.copyOf(names);
        labels = Map.copyOf(labels);
    }

    static ImageInfo of(Image image) {
        return new ImageInfo(
                image.id().toString(),
                image.repoTags(),
                image.config().config().labels(),
                image.created(),
                image.size());
    }
}
