package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.TransferLines;
import dev.berth.build.java.JarRequest;
import dev.berth.build.java.JarUpload;
import dev.berth.build.java.JavaRuntimes;
import dev.berth.engine.Engine;
import dev.berth.image.Image;
import dev.berth.image.registry.Credentials;
import java.io.IOException;

/**
 * {@code POST /berth/build/jar}: an image of a Java application without a Dockerfile. Beside Docker's API, which has
 * nothing like it. The query says what is asked for ({@link JarRequest}), the body is a tar with the jar and what goes
 * with it; the answer is as that of {@code POST /build}. A client that leaves ends its build.
 */
final class JarBuildRoutes {
    private final Engine engine;
    private final JavaRuntimes runtimes = new JavaRuntimes();

    JarBuildRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/berth/build/jar", this::build);
    }

    private void build(Call call) throws IOException {
        JarRequest request = JarRequest.parse(call.exchange().request().query());
        Credentials credentials = TransferRoutes.credentials(call);
        Transfers.run(call, lines -> {
            try (JarUpload upload = JarUpload.unpack(call.exchange().body(), engine.scratch())) {
                make(request, upload, credentials, lines);
            }
        });
    }

    private void make(JarRequest request, JarUpload upload, Credentials credentials, TransferLines lines)
            throws IOException {
        if (request.base().isPresent()) {
            engine.images().findOrPull(request.base().get(), request.options().platform(), credentials, lines);
        }
        Image image = engine.images()
                .make(
                        request.tags(),
                        request.recipe(
                                upload.folder(),
                                (reference, platform, assembly) ->
                                        engine.images().store().find(reference, platform),
                                runtimes,
                                engine.scratch(),
                                line -> lines.text(line + "\n")));
        lines.send(JsonTree.of("aux", JsonTree.of("ID", image.id().toString())));
        lines.text("Successfully built " + image.id().shortHex() + "\n");
        for (String tag : request.tags()) {
            lines.text("Successfully tagged " + tag + "\n");
        }
    }
}
