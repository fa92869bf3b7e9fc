package dev.berth.api.route;

import dev.berth.engine.error.EngineException;
import dev.berth.image.registry.Credentials;
import io.avaje.jsonb.Json;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The header {@code X-Registry-Auth}: credentials as JSON in base64url. */
@Json
record RegistryAuth(
        @Nullable String username,
        @Nullable String password,
        @Json.Property("identitytoken") @Nullable String identityToken,
        @Json.Property("registrytoken") @Nullable String registryToken) {

    /**
     * The credentials of a request; nobody's where it has none.
     *
     * @throws EngineException INVALID where the header is malformed; its content is not repeated
     */
    static Credentials parse(Optional<String> header, Call call) {
        if (header.isEmpty() || header.get().isBlank()) {
            return Credentials.ANONYMOUS;
        }
        byte[] json;
        try {
            String text =
                    header.get().strip().replace('+', '-').replace('/', '_').replace("=", "");
            json = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new EngineException(EngineException.Kind.INVALID, "the header X-Registry-Auth is not base64url", e);
        }
        RegistryAuth auth = call.read(json, RegistryAuth.class);
        if (has(auth.registryToken)) {
            return new Credentials.RegistryToken(String.valueOf(auth.registryToken));
        }
        if (has(auth.identityToken)) {
            return new Credentials.IdentityToken(String.valueOf(auth.identityToken));
        }
        if (has(auth.username)) {
            return new Credentials.Basic(String.valueOf(auth.username), auth.password == null ? "" : auth.password);
        }
        return Credentials.ANONYMOUS;
    }

    private static boolean has(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    /** Tells no secret. */
    @Override
    public String toString() {
        return "RegistryAuth[username=" + username + "]";
    }
}
