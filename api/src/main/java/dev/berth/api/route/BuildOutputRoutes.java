package dev.berth.api.route;

import dev.berth.api.stream.LateAnswer;
import dev.berth.build.Builder;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.image.Image;
import dev.berth.image.oci.Annotations;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /berth/build/archive} and {@code /berth/build/files}: what was built, which need not be among all images nor have a
 * name, on its way to our own command line. The images come as their IDs, one a platform.
 */
final class BuildOutputRoutes {
    private static final String TAR = "application/x-tar";
    private static final int BUFFER_BYTES = 128 << 10;

    private final Engine engine;
    private final BuilderSource builder;

    BuildOutputRoutes(Engine engine, BuilderSource builder) {
        this.engine = engine;
        this.builder = builder;
    }

    /** Opens the builder when it is first asked for. */
    interface BuilderSource {
        Builder get() throws IOException;
    }

    void addTo(Router router) {
        router.add("GET", "/berth/build/archive", this::archive);
        router.add("GET", "/berth/build/files", this::files);
    }

    private void archive(Call call) throws IOException {
        List<Image> images = images(call);
        List<String> names = call.exchange().request().queryValues("name");
        Annotations annotations = annotations(call);
        try (LateAnswer out = new LateAnswer(call.exchange(), TAR)) {
            engine.images().store().saveTogether(images, names, annotations, out);
            out.end();
        }
    }

    /** {@code annotations} of a query, our own: a JSON object of attributes as BuildKit's exporters have them. */
    static Annotations annotations(Call call) throws IOException {
        Map<String, String> attributes = new LinkedHashMap<>();
        Optional<String> text = call.query("annotations");
        if (text.isPresent()) {
            if (!(BuildQuery.tree(call, "annotations", text.get()) instanceof Map<?, ?> map)) {
                throw EngineException.invalid("the parameter annotations is not a JSON object");
            }
            map.forEach((name, value) -> attributes.put(String.valueOf(name), String.valueOf(value)));
            for (String name : attributes.keySet()) {
                if (!Annotations.isAttribute(name)) {
                    throw EngineException.invalid("the parameter annotations has what is none: " + name);
                }
            }
        }
        return Annotations.read(attributes);
    }

    private void files(Call call) throws IOException {
        List<Image> images = images(call);
        try (LateAnswer out = new LateAnswer(call.exchange(), TAR)) {
            BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
            builder.get().writeFiles(images, call.flag("apart"), buffered);
            buffered.flush();
            out.end();
        }
    }

    private List<Image> images(Call call) throws IOException {
        List<String> ids = call.exchange().request().queryValues("image");
        if (ids.isEmpty()) {
            throw EngineException.invalid("the parameter image is missing: it is the ID of what was built");
        }
        List<Image> images = new ArrayList<>();
        for (String id : ids) {
            images.add(engine.images().store().find(id));
        }
        return images;
    }
}
