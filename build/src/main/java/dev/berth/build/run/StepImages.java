package dev.berth.build.run;

import dev.berth.build.BuildRequest;
import dev.berth.build.cache.BuildCache;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.StepOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The images that a build's steps come to, on all its platforms, which nobody is shown: kept, found again, and made containers of. Safe for use by many
 * threads.
 */
final class StepImages {
    private final Build.Facilities facilities;
    private final BuildRequest request;
    private final PlainImages plain;
    /** What was made by this build itself, for another platform: it is taken again whatever was asked for. */
    private final Set<Digest> made = ConcurrentHashMap.newKeySet();

    StepImages(Build.Facilities facilities, BuildRequest request) {
        this.facilities = facilities;
        this.request = request;
        this.plain = new PlainImages(facilities.engine().images().store(), facilities.cache());
    }

    /** What a step came to before; nothing where the build is to take none of it. */
    Optional<BuildCache.Found> find(Digest key) throws IOException {
        return request.useCache() || made.contains(key) ? facilities.cache().find(key) : Optional.empty();
    }

    /** A container of what a stage has come to so far. The caller closes it. */
    StepContainer container(StepState state, Map<String, Object> config, Map<String, Object> host) throws IOException {
        return StepContainer.make(facilities.engine(), facilities.jsonb(), plain.of(layers(state)), config, host);
    }

    /** An image with the state's layers. */
    private Image layers(StepState state) throws IOException {
        return state.image().isPresent()
                ? state.image().get()
                : store().step(Optional.empty(), Optional.empty(), options(state, ContainerConfig.EMPTY, List.of()));
    }

    /**
     * Makes a layer of a container's changes, and keeps what the step has come to.
     *
     * @param keys by which it is found again; the first one is the step's own
     */
    Image keep(StepState state, Settings after, String container, List<Digest> keys, String description)
            throws IOException {
        List<History> history = new ArrayList<>(state.history());
        history.add(history(description, false));
        ContainerConfig config = after.with("Volumes", Map.of()).config();
        Image image = store().step(Optional.of(layers(state)), Optional.of(container), options(state, config, history));
        boolean empty = image.config().history().getLast().emptyLayer();
        long bytes = empty ? 0 : store().layerBytes(image).getLast();
        made.addAll(keys);
        for (Digest key : keys) {
            facilities.cache().put(key, keys.getFirst(), image, description, key.equals(keys.getFirst()) ? bytes : 0);
        }
        return image;
    }

    /** An image with a state's layers, this configuration and this history, kept by a key. */
    Image configured(StepState state, ContainerConfig config, List<History> history, Digest key) throws IOException {
        Image made = store().step(state.image(), Optional.empty(), options(state, config, history));
        facilities.cache().put(key, key, made, "the image", 0);
        return made;
    }

    /** An entry of an image's history, made now. */
    History history(String description, boolean emptyLayer) {
        return new History(now().toString(), "", description, "", emptyLayer);
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
