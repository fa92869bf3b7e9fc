package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.Engine;
import dev.berth.image.registry.Credentials;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What registries are asked on behalf of a client: {@code /auth}. */
final class RegistryRoutes {
    private final Engine engine;

    RegistryRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Router router) {
        router.add("POST", "/auth", this::login);
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
        engine.images().store().login(Optional.ofNullable(login.server()).orElse(""), credentials);
        call.answer(JsonTree.of("Status", "Login Succeeded", "IdentityToken", ""));
    }
}
