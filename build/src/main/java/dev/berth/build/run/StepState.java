package dev.berth.build.run;

import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a stage has come to.
 *
 * @param image which has its layers; its configuration and history may be older than these. Empty before the first layer of
 *     what begins with nothing
 * @param history of the image, and of the steps since
 * @param key of all that it was made of
 * @param author as MAINTAINER said
 */
record StepState(
        Optional<Image> image, Settings settings, List<History> history, Digest key, Platform platform, String author) {
    StepState {
        history = List.copyOf(history);
    }

    /** The key of what a further step makes of this. */
    Digest keyWith(String step) {
        return Digest.sha256((key + "\n" + step).getBytes(StandardCharsets.UTF_8));
    }

    /** What tells states apart to the eye. */
    String shortKey() {
        return key.hex().substring(0, 12);
    }

    /** After a step that changed no file. */
    StepState configured(Settings changed, String step, History entry) {
        List<History> longer = new ArrayList<>(history);
        longer.add(entry);
        return new StepState(image, changed, longer, keyWith(step), platform, author);
    }

    StepState by(String maintainer) {
        return new StepState(image, settings, history, key, platform, maintainer);
    }

    /**
     * After a step that may have changed files.
     *
     * @param now what it came to, whose history ends with the step
     */
    StepState changed(Image now, Settings changed, Digest newKey) {
        List<History> longer = new ArrayList<>(history);
        longer.add(now.config().history().getLast());
        return new StepState(Optional.of(now), changed, longer, newKey, platform, author);
    }
}
