package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who the user is to registries: {@code ~/.docker/config.json}, and the credential helpers it names. */
final class RegistryLogins {
    static final String DOCKER_HUB = "https://index.docker.io/v1/";

    private static final long HELPER_SECONDS = 30;

    private final Path file;
    private final Tree config;

    private RegistryLogins(Path file, Tree config) {
        this.file = file;
        this.config = config;
    }

    static RegistryLogins read(Context context) {
        Path folder = context.environment("DOCKER_CONFIG")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".docker"));
        Path file = folder.resolve("config.json");
        try {
            return new RegistryLogins(
                    file, Files.exists(file) ? Json.parse(Files.readString(file)) : new Tree(Map.of()));
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException("cannot read " + file + ": " + e.getMessage());
        }
    }

    /** The registry of an image's name, as the file calls it. */
    static String serverOf(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host && !first.equals("docker.io") && !first.equals("index.docker.io") ? first : DOCKER_HUB;
    }

    /** The header {@code X-Registry-Auth} for a registry; none where we are nobody there. */
    Map<String, String> header(String server) {
        Optional<Map<String, @Nullable Object>> auth =
                helper(server).flatMap(name -> ask(name, server)).or(() -> stored(server));
        return auth.map(map -> Map.of(
                        "X-Registry-Auth",
                        Base64.getUrlEncoder().encodeToString(Json.text(map).getBytes(StandardCharsets.UTF_8))))
                .orElse(Map.of());
    }

    private Optional<String> helper(String server) {
        String own = config.get("credHelpers").text(server);
        String name = own.isEmpty() ? config.text("credsStore") : own;
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private Optional<Map<String, @Nullable Object>> ask(String helper, String server) {
        try {
            Process process = new ProcessBuilder("docker-credential-" + helper, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().write((server + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return Optional.empty(); // it knows no such registry
            }
            Tree credentials = Json.parse(answer);
            String user = credentials.text("Username");
            String secret = credentials.text("Secret");
            return Optional.of(
                    user.equals("<token>")
                            ? Json.of("identitytoken", secret, "serveraddress", server)
                            : Json.of("username", user, "password", secret, "serveraddress", server));
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException("error getting credentials - docker-credential-" + helper + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<Map<String, @Nullable Object>> stored(String server) {
        Tree entry = config.get("auths", server);
        if (entry.isMissing()) {
            entry = config.get("auths", "https://" + server);
        }
        if (!entry.text("identitytoken").isEmpty()) {
            return Optional.of(Json.of("identitytoken", entry.text("identitytoken"), "serveraddress", server));
        }
        if (entry.text("auth").isEmpty()) {
            return Optional.empty();
        }
        String pair = new String(Base64.getDecoder().decode(entry.text("auth")), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(Json.of(
                        "username", pair.substring(0, colon),
                        "password", pair.substring(colon + 1),
                        "serveraddress", server));
    }

    /** Keeps a user and a password for a registry; the file is the user's own to read. */
    void keep(String server, String user, String password) {
        String auth = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        change(server, Optional.of(auth));
    }

    /** Forgets what is kept for a registry. */
    void forget(String server) {
        change(server, Optional.empty());
    }

    private void change(String server, Optional<String> auth) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(config.map());
        Map<String, @Nullable Object> auths = new LinkedHashMap<>(config.map("auths"));
        auths.remove(server);
        auth.ifPresent(text -> auths.put(server, Json.of("auth", text)));
        all.put("auths", auths);
        try {
            Files.createDirectories(file.getParent());
            Path next = Files.createTempFile(
                    file.getParent(),
                    "config",
                    ".json",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(next, Json.indented(all) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CliException("cannot write " + file + ": " + e.getMessage());
        }
    }
}
