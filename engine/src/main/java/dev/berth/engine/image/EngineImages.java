package dev.berth.engine.image;

import dev.berth.engine.container.Containers;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.Events;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.ImportOptions;
import dev.berth.image.Loaded;
import dev.berth.image.Removed;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The images, with what the engine knows of them besides: who uses them, and who wants to hear of their changes.
 * Failures are the image module's own ({@link dev.berth.image.oci.ImageException}).
 */
public final class EngineImages {
    private final Images images;
    private final Containers containers;
    private final Events events;

    public EngineImages(Images images, Containers containers, Events events) {
        this.images = images;
        this.containers = containers;
        this.events = events;
    }

    /** The images themselves, for what changes nothing: list, find, save. */
    public Images store() {
        return images;
    }

    /** How many containers, running or not, are made of the image with this id. */
    public int containersOf(String imageId) {
        return containers.countOf(imageId);
    }

    /** Fetches an image from its registry; see {@link Images#pull}. */
    public Image pull(PullRequest request, TransferListener listener) throws IOException {
        Image image = images.pull(request, listener);
        publish("pull", request.reference(), request.reference(), image);
        return image;
    }

    /** Sends an image to its registry; see {@link Images#push}. */
    public void push(PushRequest request, TransferListener listener) throws IOException {
        images.push(request, listener);
        events.publish(Event.Type.IMAGE, "push", request.reference(), Map.of("name", request.reference()));
    }

    /** Gives an image one more name; see {@link Images#tag}. */
    public Image tag(String nameOrId, String reference) throws IOException {
        Image image = images.tag(nameOrId, reference);
        publish("tag", image.id().toString(), reference, image);
        return image;
    }

    /** Removes a name, or an image with its last one; see {@link Images#remove}. Containers hold their image. */
    public List<Removed> remove(String nameOrId, boolean force) throws IOException {
        List<Removed> removed = images.remove(nameOrId, force, containers::usersOf);
        for (Removed one : removed) {
            switch (one) {
                case Removed.Untagged(String reference) ->
                    events.publish(Event.Type.IMAGE, "untag", reference, Map.of("name", reference));
                case Removed.Deleted(var id) ->
                    events.publish(Event.Type.IMAGE, "delete", id.toString(), Map.of("name", id.toString()));
            }
        }
        return removed;
    }

    /** Takes in the images of an archive; see {@link Images#load}. The stream is not closed. */
    public List<Loaded> load(InputStream archive, Optional<Platform> platform, Consumer<Loaded> progress)
            throws IOException {
        return images.load(archive, platform, loaded -> {
            String name = loaded.reference().orElse(loaded.image().id().toString());
            publish("load", loaded.image().id().toString(), name, loaded.image());
            progress.accept(loaded);
        });
    }

    /** Makes an image of a tree; see {@link Images#importTree}. */
    public Image importTree(InputStream tar, Optional<String> reference, ImportOptions options) throws IOException {
        Image image = images.importTree(tar, reference, options);
        publish("import", image.id().toString(), reference.orElse(image.id().toString()), image);
        return image;
    }

    private void publish(String action, String actor, String name, Image image) {
        Map<String, String> attributes =
                new LinkedHashMap<>(image.config().config().labels());
        attributes.put("name", name);
        events.publish(Event.Type.IMAGE, action, actor, attributes);
    }
}
