package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildRequest;
import dev.berth.build.Limits;
import dev.berth.build.cache.BuildCache;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.StepOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The images that the steps of a build for one platform come to, which nobody is shown: kept, found again, and made containers
 * of. Safe for use by many threads.
 */
final class StepImages {
    private final Build.Facilities facilities;
    private final BuildRequest request;
    private final StepCache steps;
    private final PlainImages plain;

    /** @param steps where what they came to is looked for */
    StepImages(Build.Facilities facilities, BuildRequest request, StepCache steps) {
        this.facilities = facilities;
        this.request = request;
        this.steps = steps;
        this.plain = new PlainImages(facilities.engine().images().store(), facilities.cache());
    }

    /**
     * What a step came to before, here or elsewhere; nothing where the build is to take none of it.
     *
     * @param stage whose step it is
     * @param after the settings that the step leaves
     * @param afresh whether the stage is to take none of it
     */
    Optional<BuildCache.Found> find(
            int stage, StepState state, Settings after, Digest key, String description, boolean afresh)
            throws IOException {
        return afresh && !steps.made().contains(key)
                ? Optional.empty()
                : steps.find(stage, key, state.image(), options(state, after, description), true);
    }

    /** Holds a step, once nobody else does it: what it came to is looked for then. The caller closes it. */
    StepFlights.Flight begin(Digest key) throws InterruptedException {
        return steps.flights().begin(key);
    }

    /** A container of what a stage has come to so far. The caller closes it. */
    StepContainer container(StepState state, Map<String, Object> config, Map<String, Object> host) throws IOException {
        return StepContainer.make(facilities.engine(), facilities.jsonb(), plain.of(layers(state)), config, host);
    }

    /** An image with the state's layers, which are here. */
    private Image layers(StepState state) throws IOException {
        return state.image().isPresent() ? steps.settle(state.image().get()) : plain.ofNothing();
    }

    private static Image withRoom(Image image) {
        if (image.layers().size() >= Limits.LAYERS) {
            throw BuildException.invalid("too many layers: an image has " + Limits.LAYERS
                    + " at most, as engines mount no more; do more in one instruction");
        }
        return image;
    }

    /**
     * Makes a layer of a container's changes, and keeps what the step has come to.
     *
     * @param keys by which it is found again; the first one is the step's own
     */
    Image keep(int stage, StepState state, Settings after, String container, List<Digest> keys, String description)
            throws IOException, InterruptedException {
        Image below = withRoom(layers(state));
        StepOptions options = options(state, after, description);
        Image image = Unbroken.runUnlessUnwanted(
                unwanted -> store().step(Optional.of(below), Optional.of(container), options, unwanted));
        boolean empty = image.config().history().getLast().emptyLayer();
        long bytes = empty ? 0 : store().layerBytes(image).getLast();
        steps.put(stage, keys, image, description, bytes, true);
        return image;
    }

    /**
     * Puts a layer that was made by itself upon what a stage has come to, and keeps that as what the step has come to.
     *
     * @param linked an image that has that layer alone, or none
     * @param keys by which it is found again; the first one is the step's own
     */
    Image upon(int stage, StepState state, Image linked, List<Digest> keys, String description) throws IOException {
        Image below = withRoom(layers(state));
        Image top = steps.settle(linked);
        List<Descriptor> layers = new ArrayList<>(below.layers());
        layers.addAll(top.layers());
        List<Digest> diffIds = new ArrayList<>(below.config().diffIds());
        diffIds.addAll(top.config().diffIds());
        StepOptions options = options(state, state.settings(), description);
        List<History> history = new ArrayList<>(options.history());
        history.removeLast();
        history.add(history(description, top.layers().isEmpty()));
        ImageConfig config = ImageConfig.of(
                options.created(), options.author(), "", options.platform(), options.config(), diffIds, history);
        Image image = Unbroken.run(() -> store().step(config, layers));
        long bytes = top.layers().isEmpty() ? 0 : store().layerBytes(image).getLast();
        steps.put(stage, keys, image, description, bytes, true);
        return image;
    }

    /** An image with a state's layers, this configuration and this history, known by a key: it may be there already. */
    Image configured(int stage, StepState state, ContainerConfig config, List<History> history, Digest key)
            throws IOException {
        StepOptions wanted = options(state, config, history);
        Optional<BuildCache.Found> before = steps.find(stage, key, state.image(), wanted, false);
        if (before.isPresent()) {
            return settled(before.get().image());
        }
        Optional<Image> below =
                state.image().isPresent() ? Optional.of(settled(state.image().get())) : Optional.empty();
        Image made = Unbroken.run(() -> store().step(below, Optional.empty(), wanted, () -> false));
        steps.put(stage, List.of(key), made, "the image", 0, false);
        return made;
    }

    /** The image as one whose layers are here. */
    Image settled(Image image) throws IOException {
        return steps.settle(image);
    }

    /** An entry of an image's history, made now. */
    History history(String description, boolean emptyLayer) {
        return new History(now().toString(), "", description, "", emptyLayer);
    }

    /** What the image of a step is given. */
    private StepOptions options(StepState state, Settings after, String description) {
        List<History> history = new ArrayList<>(state.history());
        history.add(history(description, false));
        return options(state, after.with("Volumes", Map.of()).config(), history);
    }

    private StepOptions options(StepState state, ContainerConfig config, List<History> history) {
        return new StepOptions(state.platform(), config, state.author(), now(), history, request.sourceDate());
    }

    private Instant now() {
        return request.sourceDate().orElseGet(Instant::now);
    }

    private Images store() {
        return facilities.engine().images().store();
    }
}
