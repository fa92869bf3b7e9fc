package dev.berth.cli.registry;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who the user is to registries: {@code ~/.docker/config.json}, and the credential programs it names. */
public final class Logins {
    /** Docker Hub, as the file calls it. */
    public static final String DOCKER_HUB = "https://index.docker.io/v1/";

    private final Path file;
    private final Tree config;

    private Logins(Path file, Tree config) {
        this.file = file;
        this.config = config;
    }

    /** @param folder where {@code config.json} is, if it is */
    public static Logins read(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return new Logins(file, Files.exists(file) ? Json.parse(Files.readString(file)) : new Tree(Map.of()));
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException("cannot read " + file + ": " + e.getMessage());
        }
    }

    public Path file() {
        return file;
    }

    /** The registry of an image's name, as the file calls it. */
    public static String serverOf(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host && !first.equals("docker.io") && !first.equals("index.docker.io") ? first : DOCKER_HUB;
    }

    /** A registry as the file calls it, of what people type: without scheme and path. */
    public static String server(String typed) {
        String bare = typed.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        String host = slash < 0 ? bare : bare.substring(0, slash);
        return List.of("", "docker.io", "index.docker.io", "registry-1.docker.io")
                        .contains(host)
                ? DOCKER_HUB
                : host;
    }

    /** Who the user is to a registry; empty for nobody in particular. */
    public Optional<Login> find(String server) {
        Optional<Login> kept = program(server).flatMap(program -> program.get(server));
        return kept.isPresent() ? kept : stored(server);
    }

    /** The header {@code X-Registry-Auth} for a registry; none where we are nobody there. */
    public Map<String, String> header(String server) {
        return find(server)
                .map(login -> Map.of(
                        "X-Registry-Auth",
                        Base64.getUrlEncoder()
                                .encodeToString(Json.text(login.body(server)).getBytes(StandardCharsets.UTF_8))))
                .orElse(Map.of());
    }

    /**
     * The header {@code X-Registry-Config} with all that we are anybody to; none where there is none. As Docker has it, a
     * credential program that fails keeps nobody from building, but it is told.
     */
    public Map<String, String> headerOfAll(PrintStream err) {
        Set<String> servers = new LinkedHashSet<>(config.map("auths").keySet());
        servers.addAll(config.map("credHelpers").keySet());
        Map<String, @Nullable Object> logins = new LinkedHashMap<>();
        try {
            if (!config.text("credsStore").isEmpty()) {
                servers.addAll(program("").map(CredentialProgram::list).orElse(Set.of()));
            }
            for (String server : servers) {
                find(server).ifPresent(login -> logins.put(server, login.body(server)));
            }
        } catch (CliException e) {
            err.println("WARNING: the build goes on without some credentials: " + e.getMessage());
        }
        return logins.isEmpty()
                ? Map.of()
                : Map.of(
                        "X-Registry-Config",
                        Base64.getUrlEncoder().encodeToString(Json.text(logins).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Keeps a login.
     *
     * @return whether it stands in the file unencrypted now
     */
    public boolean keep(String server, Login login) {
        Optional<CredentialProgram> program = program(server);
        if (program.isPresent()) {
            program.get().store(server, login);
            change(server, Optional.of(Map.of()));
            return false;
        }
        String pair = login.user() + ":" + (login.identityToken().isEmpty() ? login.password() : "");
        Map<String, @Nullable Object> entry =
                Json.of("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        if (!login.identityToken().isEmpty()) {
            entry.put("identitytoken", login.identityToken());
        }
        change(server, Optional.of(entry));
        return true;
    }

    /**
     * Forgets what is kept for a registry.
     *
     * @return whether there was anything
     */
    public boolean forget(String server) {
        boolean known = !entry(server).isMissing();
        Optional<CredentialProgram> program = program(server);
        if (program.isPresent()) {
            known |= program.get().get(server).isPresent();
            program.get().erase(server);
        }
        if (known) {
            change(server, Optional.empty());
        }
        return known;
    }

    private Optional<CredentialProgram> program(String server) {
        String own = config.get("credHelpers").text(server);
        String name = own.isEmpty() ? config.text("credsStore") : own;
        if (name.isEmpty()) {
            return Optional.empty();
        }
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new CliException(file + ": \"" + name + "\" is no credential program's name");
        }
        return Optional.of(new CredentialProgram(name));
    }

    private Tree entry(String server) {
        for (String key : List.of(server, "https://" + server, "http://" + server)) {
            Tree entry = config.get("auths", key);
            if (!entry.isMissing()) {
                return entry;
            }
        }
        return new Tree(null);
    }

    private Optional<Login> stored(String server) {
        Tree entry = entry(server);
        String token = entry.text("identitytoken");
        String auth = entry.text("auth");
        if (auth.isEmpty()) {
            return token.isEmpty() ? Optional.empty() : Optional.of(new Login("", "", token));
        }
        try {
            String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                return Optional.of(new Login(
                        pair.substring(0, colon), pair.substring(colon + 1).replaceAll("\0+$", ""), token));
            }
        } catch (IllegalArgumentException e) {
            throw new CliException(file + ": auths of " + server + ": \"auth\" is not base64");
        }
        throw new CliException(file + ": auths of " + server + ": \"auth\" is not base64 of user:password");
    }

    private void change(String server, Optional<Map<String, @Nullable Object>> entry) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(config.map());
        Map<String, @Nullable Object> auths = new LinkedHashMap<>(config.map("auths"));
        List.of(server, "https://" + server, "http://" + server).forEach(auths::remove);
        entry.ifPresent(map -> auths.put(server, map));
        all.put("auths", auths);
        try {
            Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
            Files.createDirectories(folder);
            Path next = Files.createTempFile(
                    folder,
                    "config",
                    ".json",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.writeString(next, Json.indented(all, "\t") + "\n");
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
        } catch (IOException e) {
            throw new CliException("cannot write " + file + ": " + e.getMessage());
        }
    }
}
