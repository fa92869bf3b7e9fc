package dev.berth.build.run;

import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.output.BuildResult;
import dev.berth.engine.image.EngineImages;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A build's end: its images are shown and named, where they are to be kept, and told of. */
final class Delivery {
    private final EngineImages engine;
    private final BuildRequest request;
    private final BuildListener listener;

    Delivery(EngineImages engine, BuildRequest request, BuildListener listener) {
        this.engine = engine;
        this.request = request;
        this.listener = listener;
    }

    /**
     * @param images one a platform
     * @param attestations about them
     * @return the one that is meant where no platform is asked for
     */
    Image of(List<Image> images, List<Image> attestations) throws IOException {
        Images store = engine.store();
        Image main = store.main(images);
        List<Image> all = new ArrayList<>(images);
        all.addAll(attestations);
        listener.result(new BuildResult(store.targetOf(all), images, attestations));
        if (!request.result().keep()) {
            listener.built(main.id());
            return main;
        }
        listener.built(main.id());
        listener.text("Successfully built " + main.id().hex().substring(0, 12) + "\n");
        Image named = main;
        for (String name : request.names()) {
            named = all.size() == 1 ? engine.tag(main.id().toString(), name) : engine.nameTogether(all, name);
            listener.text("Successfully tagged "
                    + Reference.parse(name).withDefaultTag().familiar() + "\n");
        }
        // Behind the names: a crash in between must not leave an image without them.
        for (Image image : request.names().isEmpty() ? images : all) { // without a name, nothing leads to attestations
            store.show(image);
        }
        return named;
    }
}
