package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.JsonLines;
import dev.berth.api.stream.TransferLines;
import dev.berth.api.view.ImageFilter;
import dev.berth.api.view.ImageView;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.spec.ConfigInstructions;
import dev.berth.image.Image;
import dev.berth.image.ImportOptions;
import dev.berth.image.Loaded;
import dev.berth.image.Removed;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.DockerConfig;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /images}, and {@code /auth}. Names of images may have slashes, so the more particular routes come first. */
final class ImageRoutes {
    private static final String AUTHORIZATION = "x-registry-auth";

    private final Engine engine;

    ImageRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/auth", this::login);
        router.add("GET", "/images/json", this::list);
        router.add("POST", "/images/create", this::create);
        router.add("POST", "/images/load", this::load);
        router.add(
                "GET",
                "/images/get",
                call -> save(call, call.exchange().request().queryValues("names")));
        router.add("POST", "/images/prune", this::prune);
        router.add("GET", "/images/{name...}/json", this::inspect);
        router.add("GET", "/images/{name...}/history", this::history);
        router.add("GET", "/images/{name...}/get", call -> save(call, List.of(call.path("name"))));
        router.add("POST", "/images/{name...}/push", this::push);
        router.add("POST", "/images/{name...}/tag", this::tag);
        router.add("DELETE", "/images/{name...}", this::remove);
    }

    private EngineImages images() {
        return engine.images();
    }

    private void list(Call call) throws IOException {
        ImageFilter filter = new ImageFilter(images().store(), call.filters());
        List<Object> views = new ArrayList<>();
        for (Image image : images().store().list()) {
            if (filter.passes(image)) {
                views.add(ImageView.summary(image, -1));
            }
        }
        call.answer(views);
    }

    private void inspect(Call call) throws IOException {
        call.answer(ImageView.full(images().store().find(call.path("name"))));
    }

    private void history(Call call) throws IOException {
        call.answer(ImageView.history(images().store().find(call.path("name"))));
    }

    /** Pulls, or imports where the source is the body. */
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
        Optional<String> platform = call.query("platform");
        PullRequest request = new PullRequest(
                reference,
                tag.isEmpty() && !hasTag(name),
                platform.isPresent() ? Optional.of(Platform.parse(platform.get())) : Optional.<Platform>empty(),
                credentials(call));
        try (TransferLines lines = new TransferLines(new JsonLines(call.exchange()), call::json)) {
            lines.run(() -> images().pull(request, lines));
        }
    }

    private static Credentials credentials(Call call) throws IOException {
        Optional<String> header = call.exchange().request().header(AUTHORIZATION);
        return header.isPresent() ? DockerConfig.parseHeader(header.get()) : Credentials.ANONYMOUS;
    }

    /** What {@code login} sends. */
    @Json
    record Login(
            @Nullable String username,
            @Nullable String password,
            @Json.Property("serveraddress") @Nullable String server) {
        /** Tells no secret. */
        @Override
        public String toString() {
            return "Login[username=" + username + ", server=" + server + "]";
        }
    }

    private void login(Call call) throws IOException {
        Login login = call.body(Login.class);
        Credentials credentials = new Credentials.Basic(
                Optional.ofNullable(login.username()).orElse(""),
                Optional.ofNullable(login.password()).orElse(""));
        images().store().login(Optional.ofNullable(login.server()).orElse(""), credentials);
        call.answer(JsonTree.of("Status", "Login Succeeded", "IdentityToken", ""));
    }

    private static boolean hasTag(String name) {
        return name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/');
    }

    private void push(Call call) throws IOException {
        String name = call.path("name");
        Optional<String> tag = call.query("tag");
        PushRequest request = new PushRequest(
                tag.map(t -> name + ":" + t).orElse(name), tag.isEmpty() && !hasTag(name), credentials(call));
        try (TransferLines lines = new TransferLines(new JsonLines(call.exchange()), call::json)) {
            lines.run(() -> images().push(request, lines));
        }
    }

    private void importTree(Call call, String source) throws IOException {
        if (!source.equals("-")) {
            throw EngineException.unsupported(
                    "importing from a URL is not supported: download " + source + " and import the file");
        }
        Optional<String> name = call.query("repo")
                .map(repository ->
                        repository + call.query("tag").map(tag -> ":" + tag).orElse(""));
        Optional<String> platform = call.query("platform");
        Image image = images().importTree(
                        call.exchange().body(),
                        name,
                        new ImportOptions(
                                ConfigInstructions.apply(
                                        ContainerConfig.EMPTY,
                                        call.exchange().request().queryValues("changes")),
                                platform.isPresent() ? Platform.parse(platform.get()) : Platform.host(),
                                call.query("message").orElse("Imported from -")));
        try (JsonLines lines = new JsonLines(call.exchange())) {
            lines.send(call.json(Map.of("status", image.id().toString())));
        }
    }

    private void load(Call call) throws IOException {
        Optional<String> platform = call.query("platform");
        Optional<Platform> wanted =
                platform.isPresent() ? Optional.of(Platform.parse(platform.get())) : Optional.<Platform>empty();
        try (TransferLines lines = new TransferLines(new JsonLines(call.exchange()), call::json)) {
            lines.run(() -> images().load(call.exchange().body(), wanted, loaded -> lines.text(text(loaded))));
        }
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
        for (String name : names) {
            images().store().find(name);
        }
        try (OutputStream out = call.exchange().stream(Status.OK, "application/x-tar")) {
            images().store().save(names, out);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void tag(Call call) throws IOException {
        String repository = call.query("repo")
                .orElseThrow(() -> EngineException.invalid("the parameter repo is missing: it is the new name"));
        images().tag(
                        call.path("name"),
                        repository + call.query("tag").map(tag -> ":" + tag).orElse(""));
        call.exchange().answer(Status.CREATED);
    }

    private void remove(Call call) throws IOException {
        List<Object> views = new ArrayList<>();
        for (Removed removed : images().remove(call.path("name"), call.flag("force"))) {
            views.add(view(removed));
        }
        call.answer(views);
    }

    private static Object view(Removed removed) {
        return switch (removed) {
            case Removed.Untagged untagged -> JsonTree.of("Untagged", untagged.reference());
            case Removed.Deleted deleted -> JsonTree.of("Deleted", deleted.id().toString());
        };
    }

    private void prune(Call call) throws IOException {
        List<String> dangling = call.filters().getOrDefault("dangling", List.of("true"));
        boolean all = dangling.stream().anyMatch(value -> value.equals("false") || value.equals("0"));
        List<Object> deleted = new ArrayList<>();
        for (Image image : images().store().list()) {
            boolean unused = images().containersOf(image.id().toString()) == 0;
            if (unused && (all || image.repoTags().isEmpty())) {
                for (Removed removed : images().remove(image.id().toString(), true)) {
                    deleted.add(view(removed));
                }
            }
        }
        long freed = images().store().prune();
        call.answer(JsonTree.of("ImagesDeleted", JsonTree.orNull(deleted), "SpaceReclaimed", freed));
    }
}
