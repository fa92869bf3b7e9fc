package dev.berth.build.run;

import dev.berth.engine.Engine;
import dev.berth.image.Image;
import dev.berth.image.files.FileTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** An image's files, as a container of it has them that never starts and goes when this is closed. */
public final class OpenImage implements AutoCloseable {
    private final StepContainer container;
    private final FileTree files;

    private OpenImage(StepContainer container, FileTree files) {
        this.container = container;
        this.files = files;
    }

    static OpenImage of(Build.Facilities facilities, Image image) throws IOException {
        Engine engine = facilities.engine();
        StepContainer container = StepContainer.make(
                engine,
                facilities.jsonb(),
                new PlainImages(engine.images().store(), facilities.cache()).of(image),
                Map.of("Cmd", List.of("/")),
                Map.of("NetworkMode", "none"));
        try {
            return new OpenImage(container, container.files());
        } catch (IOException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    public FileTree files() {
        return files;
    }

    @Override
    public void close() {
        files.close();
        container.close();
    }
}
