package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code docker login} has left: {@code config.json} with credentials, or with the name of a program
 * ({@code docker-credential-<name>}) that keeps them.
 */
public final class DockerConfig {
    /** Docker Hub's credentials stand under the address of its first API. */
    private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    private final Path file;
    private final JsonObject config;

    private DockerConfig(Path file, JsonObject config) {
        this.file = file;
        this.config = config;
    }

    /**
     * Reads a {@code config.json}; one that is missing is empty.
     *
     * @throws ImageException INVALID if it is malformed
     */
    public static DockerConfig read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] json = in.readNBytes(RegistryLimits.CONFIG_BYTES + 1);
            if (json.length > RegistryLimits.CONFIG_BYTES) {
                throw ImageException.tooLarge(file + " is too large to be a configuration of Docker's client");
            }
            return new DockerConfig(file, SecretJson.parse(json, file.toString()));
        } catch (NoSuchFileException e) {
            return new DockerConfig(file, SecretJson.parse(new byte[] {'{', '}'}, file.toString()));
        }
    }

    /** The user's: in {@code $DOCKER_CONFIG} or {@code ~/.docker}. */
    public static DockerConfig ofUser() throws IOException {
        String folder = System.getenv("DOCKER_CONFIG");
        Path directory = folder == null || folder.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".docker")
                : Path.of(folder);
        return read(directory.resolve("config.json"));
    }

    /**
     * The credentials for a reference's registry; anonymous if there are none.
     *
     * @param domain as {@link Reference#domain} has it
     * @throws ImageException INVALID if an entry is malformed; UNAVAILABLE if a credential program fails
     */
    public Credentials credentials(String domain) throws IOException {
        String key = domain.equals(Reference.DOCKER_HUB) ? DOCKER_HUB_KEY : domain;
        Optional<JsonObject> helpers = config.object("credHelpers");
        String helper = helpers.isPresent() ? helpers.get().string(key) : "";
        if (helper.isEmpty()) {
            helper = config.string("credsStore");
        }
        if (!helper.isEmpty()) {
            Credentials found = CredentialProgram.ofName(helper).credentials(key);
            if (!(found instanceof Credentials.Anonymous)) {
                return found;
            }
        }
        return stored(key, domain);
    }

    /**
     * Reads the {@code X-Registry-Auth} header of a request to the engine: URL-safe base64 of JSON.
     *
     * @throws ImageException BAD_REQUEST if it is malformed; the message does not repeat it
     */
    public static Credentials parseHeader(String header) throws ImageException {
        if (header.isBlank()) {
            return Credentials.ANONYMOUS;
        }
        try {
            String standard = header.strip().replace('-', '+').replace('_', '/');
            byte[] json = Base64.getDecoder().decode(standard);
            return json.length == 0 || new String(json, StandardCharsets.UTF_8).equals("null")
                    ? Credentials.ANONYMOUS
                    : entry(SecretJson.parse(json, "X-Registry-Auth header"), "X-Registry-Auth header");
        } catch (IllegalArgumentException | ImageException e) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "the X-Registry-Auth header is not base64 of a JSON object with credentials");
        }
    }

    /**
     * Reads the {@code X-Registry-Config} header of a request to build: URL-safe base64 of JSON, credentials by registries.
     *
     * @return by the names that references have for registries
     * @throws ImageException BAD_REQUEST if it is malformed; the message does not repeat it
     */
    public static Map<String, Credentials> parseConfigHeader(String header) throws ImageException {
        if (header.isBlank()) {
            return Map.of();
        }
        String what = "X-Registry-Config header";
        try {
            byte[] json =
                    Base64.getDecoder().decode(header.strip().replace('-', '+').replace('_', '/'));
            JsonObject all = SecretJson.parse(json, what);
            Map<String, Credentials> credentials = new HashMap<>();
            for (String name : all.names()) {
                Optional<JsonObject> one = all.object(name);
                if (one.isPresent()) {
                    String registry = name.equals(DOCKER_HUB_KEY) ? Reference.DOCKER_HUB : host(name);
                    credentials.put(registry, entry(one.get(), what));
                }
            }
            return credentials;
        } catch (IllegalArgumentException | ImageException e) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "the X-Registry-Config header is not base64 of a JSON object of registries and credentials");
        }
    }

    private Credentials stored(String key, String domain) throws IOException {
        Optional<JsonObject> auths = config.object("auths");
        if (auths.isEmpty()) {
            return Credentials.ANONYMOUS;
        }
        for (String candidate : List.of(key, domain, "https://" + domain, "http://" + domain)) {
            Optional<JsonObject> exact = auths.get().object(candidate);
            if (exact.isPresent()) {
                return entry(exact.get(), file + ": auths of " + domain);
            }
        }
        for (String name : auths.get().names()) {
            Optional<JsonObject> auth = host(name).equals(domain) ? auths.get().object(name) : Optional.empty();
            if (auth.isPresent()) {
                return entry(auth.get(), file + ": auths of " + domain);
            }
        }
        return Credentials.ANONYMOUS;
    }

    /** The host of a key, which may be a URL with a path: old clients wrote such. */
    private static String host(String key) {
        String bare = key.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        return slash < 0 ? bare : bare.substring(0, slash);
    }

    private static Credentials entry(JsonObject json, String what) throws ImageException {
        String identityToken = json.string("identitytoken");
        if (!identityToken.isEmpty()) {
            return new Credentials.IdentityToken(identityToken);
        }
        String registryToken = json.string("registrytoken");
        if (!registryToken.isEmpty()) {
            return new Credentials.RegistryToken(registryToken);
        }
        String auth = json.string("auth");
        if (!auth.isEmpty()) {
            return pair(auth, what);
        }
        String user = json.string("username");
        return user.isEmpty() ? Credentials.ANONYMOUS : new Credentials.Basic(user, json.string("password"));
    }

    private static Credentials pair(String base64, String what) throws ImageException {
        try {
            String pair = new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                return new Credentials.Basic(pair.substring(0, colon), pair.substring(colon + 1));
            }
        } catch (IllegalArgumentException e) {
            throw ImageException.invalid(what + ": \"auth\" is not base64");
        }
        throw ImageException.invalid(what + ": \"auth\" is not base64 of user:password");
    }
}
