package dev.berth.api.route;

import dev.berth.api.stream.LateAnswer;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.spec.ConfigInstructions;
import dev.berth.image.Image;
import dev.berth.image.ImportOptions;
import dev.berth.image.Loaded;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.DockerConfig;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images on their way: pulled and pushed, loaded and saved, imported. A client that leaves ends its transfer. */
final class TransferRoutes {
    private static final String AUTHORIZATION = "x-registry-auth";

    private final Engine engine;

    TransferRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/images/create", this::create);
        router.add("POST", "/images/load", this::load);
        router.add(
                "GET",
                "/images/get",
                call -> save(call, call.exchange().request().queryValues("names")));
        router.add("GET", "/images/{name...}/get", call -> save(call, List.of(call.path("name"))));
        router.add("POST", "/images/{name...}/push", this::push);
    }

    private EngineImages images() {
        return engine.images();
    }

    /** Pulls, or imports where there is a source. */
    private void create(Call call) throws IOException {
        Optional<String> source = call.query("fromSrc");
        if (source.isPresent()) {
            importTree(call, source.get());
            return;
        }
        String name = call.query("fromImage")
                .orElseThrow(() -> EngineException.invalid("neither fromImage nor fromSrc says what to create"));
        Optional<String> tag = call.query("tag");
        String reference =
                tag.map(t -> name + (t.contains(":") ? "@" : ":") + t).orElse(name);
        PullRequest request =
                new PullRequest(reference, tag.isEmpty() && !hasTag(name), call.platform(), credentials(call));
        Transfers.run(call, lines -> images().pull(request, lines));
    }

    private void push(Call call) throws IOException {
        String name = call.path("name");
        Optional<String> tag = call.query("tag");
        PushRequest request = new PushRequest(
                tag.map(t -> name + ":" + t).orElse(name),
                tag.isEmpty() && !hasTag(name),
                call.platform(),
                credentials(call),
                BuildOutputRoutes.annotations(call));
        Transfers.run(call, lines -> images().push(request, lines));
    }

    private static boolean hasTag(String name) {
        return name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/');
    }

    static Credentials credentials(Call call) throws IOException {
        Optional<String> header = call.exchange().request().header(AUTHORIZATION);
        return header.isPresent() ? DockerConfig.parseHeader(header.get()) : Credentials.ANONYMOUS;
    }

    private void load(Call call) throws IOException {
        Optional<Platform> wanted = call.platform();
        Transfers.run(call, lines -> images().load(call.exchange().body(), wanted, loaded -> lines.text(text(loaded))));
    }

    private static String text(Loaded loaded) {
        return loaded.reference()
                .map(name -> "Loaded image: " + name + "\n")
                .orElse("Loaded image ID: " + loaded.image().id() + "\n");
    }

    private void save(Call call, List<String> names) throws IOException {
        if (names.isEmpty()) {
            throw EngineException.invalid("no image to save is named");
        }
        Optional<Platform> platform = call.platform();
        try (LateAnswer out = new LateAnswer(call.exchange(), "application/x-tar")) {
            images().save(names, platform, out);
            out.end();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void importTree(Call call, String source) throws IOException {
        Optional<String> name = call.query("repo")
                .map(repository ->
                        repository + call.query("tag").map(tag -> ":" + tag).orElse(""));
        ImportOptions options = new ImportOptions(
                ConfigInstructions.apply(
                        ContainerConfig.EMPTY, call.exchange().request().queryValues("changes")),
                call.platform().orElse(Platform.host()),
                call.query("message").orElse("Imported from " + source));
        Transfers.run(call, lines -> {
            Image image = source.equals("-")
                    ? images().importTree(call.exchange().body(), name, options)
                    : images().importFrom(source, name, options, lines);
            lines.send(Map.of("status", image.id().toString()));
        });
    }
}
