package dev.berth.engine.image;

import dev.berth.engine.container.Containers;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.Events;
import dev.berth.image.Image;
import dev.berth.image.ImageUser;
import dev.berth.image.Images;
import dev.berth.image.ImportOptions;
import dev.berth.image.Loaded;
import dev.berth.image.Removed;
import dev.berth.image.archive.Assembly;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.Reference;
import dev.berth.image.registry.RemoteFile;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
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

    /** The ids of the containers, running or not, that are made of the image. */
    public List<String> usersOf(Image image) {
        return containers.usersOf(image).stream().map(ImageUser::containerId).toList();
    }

    /** How many containers, running or not, are made of the image with this id. */
    public int containersOf(String imageId) {
        return containers.countOf(imageId);
    }

    /**
     * The images that pass the filters, each with those of its names that do, the newest first.
     *
     * @throws dev.berth.engine.error.EngineException INVALID for a filter that does not exist or has a malformed value
     */
    public List<Image> list(Map<String, List<String>> filters) throws IOException {
        ImageFilter filter = ImageFilter.listing(images, filters);
        return images.list().stream()
                .flatMap(image -> filter.apply(image).stream())
                .toList();
    }

    /** The image of a name for a platform, which is fetched where it is not here. */
    public Image findOrPull(
            String name, Optional<Platform> platform, Credentials credentials, TransferListener listener)
            throws IOException {
        try {
            return images.find(name, platform);
        } catch (ImageException e) {
            if (e.kind() != ImageException.Kind.NOT_FOUND && e.kind() != ImageException.Kind.NO_MATCHING_PLATFORM) {
                throw e;
            }
            return pull(new PullRequest(name, false, platform, credentials), listener);
        }
    }

    /** Fetches an image from its registry; see {@link Images#pull}. */
    public Image pull(PullRequest request, TransferListener listener) throws IOException {
        Image image = images.pull(request, listener);
        Reference reference = Reference.parse(request.reference());
        String name = request.allTags()
                ? reference.familiarRepository()
                : reference.withDefaultTag().familiar();
        publish("pull", name, reference.familiarRepository(), Optional.of(image));
        return image;
    }

    /** Sends an image to its registry; see {@link Images#push}. */
    public void push(PushRequest request, TransferListener listener) throws IOException {
        images.push(request, listener);
        Reference reference = Reference.parse(request.reference());
        String name = request.allTags()
                ? reference.familiarRepository()
                : reference.withDefaultTag().familiar();
        publish("push", name, reference.familiarRepository(), Optional.empty());
    }

    /** Gives an image one more name; see {@link Images#tag}. */
    public Image tag(String nameOrId, String reference) throws IOException {
        Image image = images.tag(nameOrId, reference);
        String name = Reference.parse(reference).withDefaultTag().familiar();
        publish("tag", image.id().toString(), name, Optional.of(image));
        return image;
    }

    /** Gives images that are one thing for several platforms a name together; see {@link Images#nameTogether}. */
    public Image nameTogether(List<Image> several, String reference) throws IOException {
        Image image = images.nameTogether(several, reference);
        String name = Reference.parse(reference).withDefaultTag().familiar();
        publish("tag", image.id().toString(), name, Optional.of(image));
        return image;
    }

    /** Removes a name, or an image with its last one; see {@link Images#remove}. Containers hold their image. */
    public List<Removed> remove(String nameOrId, boolean force) throws IOException {
        List<Removed> removed = images.remove(nameOrId, force, containers::usersOf);
        for (Removed one : removed) {
            switch (one) {
                case Removed.Untagged(String _, Digest id) ->
                    publish("untag", id.toString(), id.toString(), images.byId(id));
                case Removed.Deleted(Digest id) -> publish("delete", id.toString(), id.toString(), Optional.empty());
                case Removed.DeletedLayer _ -> {
                    // part of an image whose end is told
                }
            }
        }
        return removed;
    }

    /**
     * Removes what no container uses: images without a tag, or all of them with the filter {@code dangling=false}.
     *
     * @throws dev.berth.engine.error.EngineException INVALID for a filter that does not exist or has a malformed value
     */
    public Pruned prune(Map<String, List<String>> filters) throws IOException {
        ImageFilter filter = ImageFilter.pruning(filters);
        List<Removed> removed = new ArrayList<>();
        for (Image image : images.list()) {
            boolean named = !image.repoTags().isEmpty();
            boolean wanted = (filter.takesNamed() || !named) && filter.passesTimeAndLabels(image);
            if (wanted && containersOf(image.id().toString()) == 0) {
                removed.addAll(removeAll(image));
            }
        }
        long bytes = images.prune()
                + removed.stream()
                        .mapToLong(one -> one instanceof Removed.DeletedLayer(Digest _, long size) ? size : 0)
                        .sum();
        events.publish(Event.Type.IMAGE, "prune", "", Map.of("reclaimed", Long.toString(bytes)));
        return new Pruned(removed, bytes);
    }

    /** Removes an image with all its names; nothing if a container has come to use it, or if it is gone. */
    private List<Removed> removeAll(Image image) throws IOException {
        try {
            return remove(image.id().toString(), true);
        } catch (ImageException e) {
            if (e.kind() == ImageException.Kind.CONFLICT || e.kind() == ImageException.Kind.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /** Takes in the images of an archive; see {@link Images#load}. The stream is not closed. */
    public List<Loaded> load(InputStream archive, Optional<Platform> platform, Consumer<Loaded> progress)
            throws IOException {
        return images.load(archive, platform, loaded -> {
            publishOf("load", loaded.image());
            progress.accept(loaded);
        });
    }

    /** Writes images as an archive; see {@link Images#save}. */
    public void save(List<String> namesOrIds, Optional<Platform> platform, OutputStream archive) throws IOException {
        images.save(namesOrIds, platform, archive).forEach(image -> publishOf("save", image));
    }

    /** Makes an image of a tree; see {@link Images#importTree}. */
    public Image importTree(InputStream tar, Optional<String> reference, ImportOptions options) throws IOException {
        Image image = images.importTree(tar, reference, options);
        publishOf("import", image);
        return image;
    }

    /**
     * Makes an image of a tree that is somewhere else.
     *
     * @param source {@code http://} or {@code https://}, or such without it
     */
    public Image importFrom(String source, Optional<String> reference, ImportOptions options, TransferListener listener)
            throws IOException {
        try (RemoteFile file = RemoteFile.open(source, listener)) {
            return importTree(file.body(), reference, options);
        }
    }

    /** Makes an image of layers that are made for it; see {@link Images#make}. */
    public Image make(List<String> references, Assembly.Recipe recipe) throws IOException {
        Image image = images.make(references, recipe);
        for (String reference : references) {
            String name = Reference.parse(reference).withDefaultTag().familiar();
            publish("tag", image.id().toString(), name, Optional.of(image));
        }
        return image;
    }

    private void publishOf(String action, Image image) {
        publish(action, image.id().toString(), image.id().toString(), Optional.of(image));
    }

    private void publish(String action, String actor, String name, Optional<Image> image) {
        Map<String, String> attributes = new LinkedHashMap<>();
        image.ifPresent(known -> attributes.putAll(known.config().config().labels()));
        attributes.put("name", name);
        events.publish(Event.Type.IMAGE, action, actor, attributes);
    }
}
