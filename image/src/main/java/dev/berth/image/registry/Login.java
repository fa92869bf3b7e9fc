package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.util.List;

/** Tries credentials on a registry ({@code docker login}). */
public final class Login {
    private static final int FIRST_ERROR = 400;
    private static final int UNAUTHORIZED = 401;

    private Login() {}

    /**
     * Asks the registry's base endpoint, which wants credentials where anything does.
     *
     * @param server as users write it: {@code localhost:5000}, or the address by which Docker's configuration knows Docker
     *     Hub
     * @throws ImageException UNAUTHORIZED when they are not accepted, UNAVAILABLE when nobody can be asked
     */
    public static void check(String server, Credentials credentials, RegistryOptions options) throws IOException {
        String domain = domain(server);
        String action = "log in to " + domain;
        try (RegistrySession session = RegistrySession.open(domain, options, credentials);
                Answer answer = session.send(Call.of("GET", session.uri("/v2/"), action, List.of()))) {
            if (answer.status() == UNAUTHORIZED) {
                throw new ImageException(
                        ImageException.Kind.UNAUTHORIZED,
                        action + ": unauthorized: the registry does not accept this user name and password");
            }
            if (answer.status() >= FIRST_ERROR) {
                throw new ImageException(
                        ImageException.Kind.UNAVAILABLE,
                        action + ": the registry answers with status " + answer.status());
            }
        }
    }

    private static String domain(String server) {
        String bare = server.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        String host = slash < 0 ? bare : bare.substring(0, slash);
        return host.isEmpty() || host.equals("index.docker.io") ? Reference.DOCKER_HUB : host;
    }
}
