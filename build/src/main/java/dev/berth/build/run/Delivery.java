package dev.berth.build.run;

import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.output.BuildResult;
import dev.berth.engine.image.EngineImages;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.registry.Reference;
import java.io.IOException;
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
     * @return the one that is meant where no platform is asked for
     */
    Image of(List<Image> images) throws IOException {
        Images store = engine.store();
        Image main = store.main(images);
        listener.result(new BuildResult(store.targetOf(images), images));
        if (!request.result().keep()) {
            listener.built(main.id());
            return main;
        }
        for (Image image : images) {
            store.show(image);
        }
        listener.built(main.id());
        listener.text("Successfully built " + main.id().hex().substring(0, 12) + "\n");
        Image named = main;
        for (String name : request.names()) {
            named = images.size() == 1
                    ? engine.tag(main.id().toString(), name)
                    : engine.nameTogether(images, name);
            listener.text("Successfully tagged "
                    + Reference.parse(name).withDefaultTag().familiar() + "\n");
        }
        return named;
    }
}
