package dev.berth.api.route;

import dev.berth.api.http.ClientGoneException;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.JsonLines;
import dev.berth.api.stream.TransferLines;
import dev.berth.build.java.JarRequest;
import dev.berth.build.java.JarUpload;
import dev.berth.build.java.JavaRuntimes;
import dev.berth.engine.Engine;
import dev.berth.image.Image;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PullRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

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
        AtomicBoolean gone = new AtomicBoolean();
        Thread worker = Thread.currentThread();
        call.exchange().onDisconnect(() -> {
            gone.set(true);
            worker.interrupt();
        });
        try (JarUpload upload = JarUpload.unpack(call.exchange().body(), engine.scratch());
                TransferLines lines = new TransferLines(new JsonLines(call.exchange()), call::json)) {
            lines.run(() -> make(request, upload, credentials, lines));
        } catch (IOException e) {
            throw gone.get() ? new ClientGoneException() : e;
        } finally {
            call.exchange().onDisconnect(() -> {});
            Thread.interrupted(); // it was meant for the work
        }
    }

    private void make(JarRequest request, JarUpload upload, Credentials credentials, TransferLines lines)
            throws IOException {
        if (request.base().isPresent()) {
            fetch(request.base().get(), request.options().platform(), credentials, lines);
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

    /** Has a base be here: as a build does, only what is missing is pulled. */
    private void fetch(String base, Optional<Platform> platform, Credentials credentials, TransferLines lines)
            throws IOException {
        try {
            engine.images().store().find(base, platform);
        } catch (ImageException e) {
            if (e.kind() != ImageException.Kind.NOT_FOUND && e.kind() != ImageException.Kind.NO_MATCHING_PLATFORM) {
                throw e;
            }
            engine.images().pull(new PullRequest(base, false, platform, credentials), lines);
        }
    }
}
