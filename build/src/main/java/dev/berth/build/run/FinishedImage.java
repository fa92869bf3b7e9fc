package dev.berth.build.run;

import dev.berth.build.BuildRequest;
import dev.berth.image.Image;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a build gives: the target's layers with the settings and the history that it has come to. The same of the same. */
final class FinishedImage {
    private final StepImages images;
    private final BuildRequest request;
    private final Platform platform;

    /** @param platform which the build is for */
    FinishedImage(StepImages images, BuildRequest request, Platform platform) {
        this.images = images;
        this.request = request;
        this.platform = platform;
    }

    /**
     * The image, which may be there already.
     *
     * @param stage the target's number in the Dockerfile
     */
    Image of(int stage, StepState state) throws IOException {
        List<History> history = state.history();
        ContainerConfig config = state.settings().config();
        if (!request.labels().isEmpty()) {
            config = new Settings(config).withLabels(request.labels()).config();
            history = new ArrayList<>(history);
            history.add(images.history("LABEL " + request.labels(), true));
        }
        if (state.image().isPresent() && isSame(state.image().get(), config, history)) {
            return images.settled(state.image().get());
        }
        return images.configured(stage, state, config, history, key(state, config, history));
    }

    private boolean isSame(Image image, ContainerConfig config, List<History> history) {
        return sameSteps(history, image.config().history())
                && config.equals(
                        new Settings(image.config().config()).withDefaultPath().config());
    }

    /** Whether an image that is kept may stand for the same steps taken now: it does, unless a time was asked for. */
    private boolean sameSteps(List<History> now, List<History> kept) {
        return request.sourceDate().isPresent()
                ? now.equals(kept)
                : timeless(now).equals(timeless(kept));
    }

    private static List<History> timeless(List<History> history) {
        return history.stream()
                .map(step -> new History("", step.author(), step.createdBy(), step.comment(), step.emptyLayer()))
                .toList();
    }

    private Digest key(StepState state, ContainerConfig config, List<History> history) {
        StringBuilder identity = new StringBuilder("image\0" + config + "\0" + state.author() + "\0" + platform);
        state.image().ifPresent(base -> identity.append(base.config().diffIds()));
        history.forEach(entry -> identity.append('\0').append(entry.createdBy()).append(entry.emptyLayer()));
        request.sourceDate().ifPresent(identity::append);
        return Digest.sha256(identity.toString().getBytes(StandardCharsets.UTF_8));
    }
}
