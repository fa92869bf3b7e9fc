package dev.berth.cli.registry;

import dev.berth.cli.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who the user is to a registry. Its text form tells no secret.
 *
 * @param identityToken that stands for the password; empty where there is none
 */
public record Login(String user, String password, String identityToken) {
    /** The user name that credential programs have for "the secret is an identity token". */
    private static final String TOKEN_USER = "<token>";

    static Login ofSecret(String user, String secret) {
        return user.equals(TOKEN_USER) ? new Login("", "", secret) : new Login(user, secret, "");
    }

    String keptUser() {
        return identityToken.isEmpty() ? user : TOKEN_USER;
    }

    String secret() {
        return identityToken.isEmpty() ? password : identityToken;
    }

    /** As the API takes it. */
    public Map<String, @Nullable Object> body(String server) {
        return identityToken.isEmpty()
                ? Json.of("username", user, "password", password, "serveraddress", server)
                : Json.of("username", user, "identitytoken", identityToken, "serveraddress", server);
    }

    @Override
    public String toString() {
        return "Login[user=" + user + "]";
    }
}
