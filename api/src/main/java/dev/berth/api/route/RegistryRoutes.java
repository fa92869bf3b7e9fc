package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.image.SearchFilter;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.RemoteImage;
import dev.berth.image.registry.SearchResult;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What registries are asked on behalf of a client: {@code /auth}, {@code /distribution}, {@code /images/search}. */
final class RegistryRoutes {
    private static final int DEFAULT_LIMIT = 25;
    private static final int MOST_RESULTS = 100;

    private final Engine engine;

    RegistryRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/auth", this::login);
        router.add("GET", "/distribution/{name...}/json", this::inspect);
        router.add("GET", "/images/search", this::search);
    }

    /** What {@code login} sends. */
    @Json
    record Login(
            @Nullable String username,
            @Nullable String password,
            @Json.Property("serveraddress") @Nullable String server,
            @Json.Property("identitytoken") @Nullable String identityToken) {
        /** Tells no secret. */
        @Override
        public String toString() {
            return "Login[username=" + username + ", server=" + server + "]";
        }
    }

    private void login(Call call) throws IOException {
        Login login = call.body(Login.class);
        Optional<String> known = Optional.ofNullable(login.identityToken()).filter(token -> !token.isEmpty());
        Credentials credentials = known.isPresent()
                ? new Credentials.IdentityToken(known.get())
                : new Credentials.Basic(
                        Optional.ofNullable(login.username()).orElse(""),
                        Optional.ofNullable(login.password()).orElse(""));
        Optional<String> token = engine.images()
                .store()
                .login(Optional.ofNullable(login.server()).orElse(""), credentials);
        call.answer(JsonTree.of("IdentityToken", token.or(() -> known).orElse(""), "Status", "Login Succeeded"));
    }

    private void inspect(Call call) throws IOException {
        RemoteImage image = engine.images().store().inspectRemote(call.path("name"), TransferRoutes.credentials(call));
        call.answer(JsonTree.of(
                "Descriptor",
                image.descriptor().toTree(),
                "Platforms",
                image.platforms().stream().map(Platform::toTree).toList()));
    }

    private void search(Call call) throws IOException {
        String term = call.query("term")
                .orElseThrow(() -> EngineException.invalid("the parameter term is missing: it is what to search for"));
        int limit = call.number("limit").orElse(DEFAULT_LIMIT);
        if (limit < 1 || limit > MOST_RESULTS) {
            throw EngineException.invalid("limit " + limit + " is outside the range of [1, " + MOST_RESULTS + "]");
        }
        SearchFilter filter = new SearchFilter(call.filters());
        List<Object> views = new ArrayList<>();
        for (SearchResult result : engine.images().store().search(term, limit, TransferRoutes.credentials(call))) {
            if (filter.passes(result)) {
                views.add(JsonTree.of(
                        "star_count", result.stars(),
                        "is_official", result.official(),
                        "name", result.name(),
                        "is_automated", false,
                        "description", result.description()));
            }
        }
        call.answer(views);
    }
}
