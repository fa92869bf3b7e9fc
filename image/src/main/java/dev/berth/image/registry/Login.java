package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Tries credentials on a registry ({@code docker login}). */
public final class Login {
    private static final int FIRST_ERROR = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private Login() {}

    /**
     * Asks the registry's base endpoint, which wants credentials where anything does.
     *
     * @param server as users write it: {@code localhost:5000}, or the address by which Docker's configuration knows Docker
     *     Hub
     * @return the identity token to keep instead of the password; empty where the registry gives none
     * @throws ImageException UNAUTHORIZED when they are not accepted, UNAVAILABLE when nobody can be asked
     */
    public static Optional<String> check(String server, Credentials credentials, RegistryOptions options)
            throws IOException {
        String domain = domain(server);
        String action = "log in to " + domain;
        try (RegistrySession session = RegistrySession.open(domain, options, credentials);
                Answer answer = session.send(Call.of("GET", session.uri("/v2/"), action, List.of()))) {
            if (answer.status() >= FIRST_ERROR) {
                boolean refused = answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN;
                throw new ImageException(
                        refused ? ImageException.Kind.UNAUTHORIZED : ImageException.Kind.UNAVAILABLE,
                        "login attempt to " + answer.uri() + " failed with status: " + answer.status()
                                + (refused ? " Unauthorized: the registry does not accept these credentials" : ""));
            }
            return session.identityToken();
        }
    }

    private static String domain(String server) {
        String bare = server.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        String host = slash < 0 ? bare : bare.substring(0, slash);
        return host.isEmpty() || host.equals("index.docker.io") ? Reference.DOCKER_HUB : host;
    }
}
