package dev.berth.api.route;

import dev.berth.api.http.Status;
import dev.berth.api.json.JsonTree;
import dev.berth.api.view.ImageView;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.image.Pruned;
import dev.berth.image.Image;
import dev.berth.image.ImageUsage;
import dev.berth.image.ManifestSummary;
import dev.berth.image.Removed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /images}: what is here. Names of images may have slashes, so the more particular routes come first. */
final class ImageRoutes {
    private static final String NO_TAG = "<none>:<none>";
    private static final String NO_DIGEST = "<none>@<none>";

    private final Engine engine;

    ImageRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("GET", "/images/json", this::list);
        router.add("POST", "/images/prune", this::prune);
        router.add("GET", "/images/{name...}/json", this::inspect);
        router.add("GET", "/images/{name...}/history", this::history);
        router.add("POST", "/images/{name...}/tag", this::tag);
        router.add("DELETE", "/images/{name...}", this::remove);
    }

    private EngineImages images() {
        return engine.images();
    }

    private void list(Call call) throws IOException {
        Optional<ImageUsage> usage =
                call.flag("shared-size") ? Optional.of(images().store().usage()) : Optional.empty();
        List<Object> views = new ArrayList<>();
        for (Image image : images().list(filters(call))) {
            long shared = usage.map(all -> all.shared(image)).orElse(-1L);
            Map<String, @Nullable Object> view = adapt(call, ImageView.summary(image, -1, shared));
            if (call.version().atLeast(1, 48)) {
                view.put("Descriptor", images().store().target(image).toTree());
            }
            if (call.flag("manifests") && call.version().atLeast(1, 47)) {
                view.put("Manifests", manifests(image));
            }
            views.add(view);
        }
        call.answer(views);
    }

    /** Before version 1.25, {@code filter} was a name's pattern of its own. */
    private static Map<String, List<String>> filters(Call call) {
        Map<String, List<String>> filters = call.filters();
        Optional<String> name =
                call.query("filter").filter(text -> !call.version().atLeast(1, 41));
        if (name.isEmpty()) {
            return filters;
        }
        Map<String, List<String>> more = new java.util.LinkedHashMap<>(filters);
        more.merge(
                "reference",
                List.of(name.get()),
                (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
        return more;
    }

    /** As older clients know it. */
    private static Map<String, @Nullable Object> adapt(Call call, Map<String, @Nullable Object> view) {
        if (!call.version().atLeast(1, 44)) {
            view.put("VirtualSize", view.get("Size"));
        }
        boolean nameless = List.of().equals(view.get("RepoTags")) && List.of().equals(view.get("RepoDigests"));
        if (nameless && !call.version().atLeast(1, 43)) {
            view.put("RepoTags", List.of(NO_TAG));
            view.put("RepoDigests", List.of(NO_DIGEST));
        }
        return view;
    }

    private void inspect(Call call) throws IOException {
        Image image = images().store().find(call.path("name"), call.platform());
        Map<String, @Nullable Object> view = ImageView.full(image);
        if (call.version().atLeast(1, 48)) {
            view.put("Descriptor", images().store().target(image).toTree());
            if (call.flag("manifests")) {
                if (call.platform().isPresent()) {
                    throw EngineException.invalid(
                            "conflicting options: manifests and platform options cannot both be set");
                }
                view.put("Manifests", manifests(image));
            }
        }
        if (!call.version().atLeast(1, 44)) {
            view.put("VirtualSize", view.get("Size"));
        }
        call.answer(view);
    }

    private List<Object> manifests(Image image) throws IOException {
        List<Object> views = new ArrayList<>();
        for (ManifestSummary manifest : images().store().manifests(image)) {
            List<String> users =
                    manifest.image().map(known -> images().usersOf(known)).orElse(List.of());
            views.add(ImageView.manifest(manifest, users));
        }
        return views;
    }

    private void history(Call call) throws IOException {
        Image image = images().store().find(call.path("name"), call.platform());
        call.answer(ImageView.history(image, images().store().layerBytes(image)));
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
        call.answer(views(images().remove(call.path("name"), call.flag("force"))));
    }

    private static List<Object> views(List<Removed> removed) {
        List<Object> views = new ArrayList<>();
        for (Removed one : removed) {
            views.add(
                    switch (one) {
                        case Removed.Untagged untagged -> JsonTree.of("Untagged", untagged.reference());
                        case Removed.Deleted image ->
                            JsonTree.of("Deleted", image.id().toString());
                        case Removed.DeletedLayer layer ->
                            JsonTree.of("Deleted", layer.id().toString());
                    });
        }
        return views;
    }

    private void prune(Call call) throws IOException {
        Pruned pruned = images().prune(call.filters());
        call.answer(JsonTree.of(
                "ImagesDeleted", JsonTree.orNull(views(pruned.removed())), "SpaceReclaimed", pruned.bytes()));
    }
}
