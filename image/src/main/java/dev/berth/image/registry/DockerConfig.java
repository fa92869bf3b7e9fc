package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What {@code docker login} has left: {@code config.json} with credentials, or with the name of a program
 * ({@code docker-credential-<name>}) that keeps them.
 */
public final class DockerConfig {
    /** Docker Hub's credentials stand under the address of its first API. */
    private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    private static final Pattern HELPER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    /** The user name that stands for "the password is an identity token". */
    private static final String TOKEN_USER = "<token>";

    private static final String HELPER_NOT_FOUND = "credentials not found";

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
            return new DockerConfig(file, JsonObject.parse(json, file.toString()));
        } catch (NoSuchFileException e) {
            return new DockerConfig(file, JsonObject.parse(new byte[] {'{', '}'}, file.toString()));
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
            Credentials found = ask(helper, key);
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
            return json.length == 0
                    ? Credentials.ANONYMOUS
                    : entry(JsonObject.parse(json, "X-Registry-Auth header"), "X-Registry-Auth header");
        } catch (IllegalArgumentException | ImageException e) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "the X-Registry-Auth header is not base64 of a JSON object with credentials");
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

    private static Credentials ask(String helper, String key) throws IOException {
        String program = "docker-credential-" + helper;
        if (!HELPER_NAME.matcher(helper).matches()) {
            throw ImageException.invalid("\"" + RegistryError.printable(helper) + "\" is no credential program's name");
        }
        Process process;
        try {
            process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new ImageException(
                    ImageException.Kind.UNAVAILABLE,
                    "can't run " + program
                            + ", which Docker's configuration names as the keeper of credentials. Install"
                            + " it, or remove it from there",
                    e);
        }
        try {
            return answer(process, program, key);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Credentials answer(Process process, String program, String key) throws IOException {
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread.ofVirtual().name("credential-helper").start(() -> {
            try (InputStream in = process.getInputStream()) {
                output.complete(in.readNBytes(RegistryLimits.HELPER_BYTES));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        try (var in = process.getOutputStream()) {
            in.write(key.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it may have ended without reading; its answer tells
        }
        try {
            if (!process.waitFor(RegistryLimits.HELPER.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ImageException(
                        ImageException.Kind.UNAVAILABLE,
                        program + " gave no credentials within " + RegistryLimits.HELPER.toSeconds() + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + program + " was asked for credentials");
        }
        byte[] text = Downloads.await(output);
        if (process.exitValue() == 0) {
            return helperEntry(JsonObject.parse(text, "answer of " + program));
        }
        String words = RegistryError.printable(new String(text, StandardCharsets.UTF_8));
        if (words.startsWith(HELPER_NOT_FOUND)) {
            return Credentials.ANONYMOUS;
        }
        throw new ImageException(ImageException.Kind.UNAVAILABLE, program + " gave no credentials: " + words);
    }

    private static Credentials helperEntry(JsonObject json) throws ImageException {
        String user = json.string("Username");
        String secret = json.string("Secret");
        if (user.equals(TOKEN_USER)) {
            return new Credentials.IdentityToken(secret);
        }
        return user.isEmpty() ? Credentials.ANONYMOUS : new Credentials.Basic(user, secret);
    }
}
