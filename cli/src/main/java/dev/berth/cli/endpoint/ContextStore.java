package dev.berth.cli.endpoint;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Daemons under names, in the files of Docker's command line: {@code contexts/meta/<sha256 of the name>/meta.json}, and
 * the files for TLS in {@code contexts/tls/<sha256>/docker}. Which one is in use, {@code config.json} says.
 */
public final class ContextStore {
    /** The one that always is: what flags and variables say. */
    public static final String DEFAULT = "default";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.+-]+");

    private final Path folder;

    /** @param folder Docker's: {@code ~/.docker} */
    public ContextStore(Path folder) {
        this.folder = folder;
    }

    /**
     * A daemon with its name.
     *
     * @param meta all that its file says
     * @param tls files by their names ({@code ca.pem}, {@code cert.pem}, {@code key.pem})
     */
    public record Stored(String name, Tree meta, Map<String, Path> tls) {
        public String description() {
            return meta.text("Metadata", "Description");
        }

        public String host() {
            return meta.text("Endpoints", "docker", "Host");
        }

        /** Where its daemon is. */
        public Endpoint endpoint() {
            if (host().isEmpty()) {
                throw new CliException("context \"" + name + "\" has no endpoint of kind docker");
            }
            boolean skip = meta.flag("Endpoints", "docker", "SkipTLSVerify");
            Optional<Endpoint.Tls> security = tls.isEmpty() && !skip
                    ? Optional.empty()
                    : Optional.of(new Endpoint.Tls(file("ca.pem"), file("cert.pem"), file("key.pem"), !skip));
            return Endpoint.of(host(), security);
        }

        private Optional<Path> file(String file) {
            return Optional.ofNullable(tls.get(file));
        }
    }

    /**
     * Refuses what cannot be a name.
     *
     * @throws CliException for a name that Docker would not take either
     */
    public static void checkName(String name) {
        if (name.equals(DEFAULT)) {
            throw new CliException("\"default\" is a reserved context name");
        }
        if (!NAME.matcher(name).matches()) {
            throw new CliException("context name \"" + name + "\" is invalid, names are validated against regexp \"^"
                    + NAME.pattern() + "$\"");
        }
    }

    /**
     * The one of this name.
     *
     * @throws CliException where there is none
     */
    public Stored find(String name) {
        Path file = metaFolder(name).resolve("meta.json");
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            throw new CliException(
                    "context \"" + name + "\": context not found: open " + file + ": no such file or directory");
        } catch (IOException e) {
            throw new CliException("context \"" + name + "\": reading " + file + " failed: " + e.getMessage());
        }
    }

    public boolean has(String name) {
        return Files.exists(metaFolder(name).resolve("meta.json"));
    }

    /** All but the default, by their names. */
    public List<Stored> all() {
        List<Stored> all = new ArrayList<>();
        Path meta = folder.resolve("contexts/meta");
        if (Files.isDirectory(meta)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(meta)) {
                for (Path each : folders) {
                    all.add(read(each.resolve("meta.json")));
                }
            } catch (IOException e) {
                throw new CliException("reading the contexts in " + meta + " failed: " + e.getMessage());
            }
        }
        all.sort(Comparator.comparing(Stored::name));
        return all;
    }

    private Stored read(Path file) throws IOException {
        Tree meta;
        try {
            meta = Json.parse(Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        String name = meta.text("Name");
        Map<String, Path> tls = new TreeMap<>();
        Path files = tlsFolder(name).resolve("docker");
        if (Files.isDirectory(files)) {
            try (Stream<Path> list = Files.list(files)) {
                list.forEach(each -> tls.put(each.getFileName().toString(), each));
            }
        }
        return new Stored(name, meta, tls);
    }

    /** Writes a context; one of that name is replaced, but for the files of TLS where those are empty. */
    public void write(String name, @Nullable Object meta, Optional<Map<String, byte[]>> tls) {
        try {
            Path file = metaFolder(name).resolve("meta.json");
            Files.createDirectories(file.getParent());
            replace(file, Json.text(meta).getBytes(StandardCharsets.UTF_8), "rw-r--r--");
            if (tls.isPresent()) {
                delete(tlsFolder(name));
                Path files = tlsFolder(name).resolve("docker");
                for (Map.Entry<String, byte[]> each : tls.get().entrySet()) {
                    Files.createDirectories(
                            files, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                    replace(files.resolve(each.getKey()), each.getValue(), "rw-------");
                }
            }
        } catch (IOException e) {
            throw new CliException("writing context \"" + name + "\" failed: " + e.getMessage());
        }
    }

    public void remove(String name) {
        try {
            delete(metaFolder(name));
            delete(tlsFolder(name));
        } catch (IOException e) {
            throw new CliException("removing context \"" + name + "\" failed: " + e.getMessage());
        }
    }

    /** The one in use by {@code config.json}; empty for the default. */
    public Optional<String> current() {
        Path config = folder.resolve("config.json");
        try {
            String text = Files.readString(config);
            return text.contains("\"currentContext\"")
                    ? Optional.of(Json.parse(text).text("currentContext")).filter(name -> !name.isEmpty())
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException("reading " + config + " failed: " + e.getMessage());
        }
    }

    /** Has {@code config.json} say which one is in use; what else it says stays. */
    public void use(String name) {
        Path config = folder.resolve("config.json");
        try {
            Map<String, @Nullable Object> members = Files.exists(config)
                    ? Json.parse(Files.readAllBytes(config)).members()
                    : new LinkedHashMap<>();
            members.remove("currentContext");
            if (!name.equals(DEFAULT)) {
                members.put("currentContext", name);
            }
            Files.createDirectories(folder);
            replace(config, Json.indented(members).getBytes(StandardCharsets.UTF_8), "rw-------");
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException("writing " + config + " failed: " + e.getMessage());
        }
    }

    private static void replace(Path file, byte[] content, String permissions) throws IOException {
        Path unfinished = Files.createTempFile(
                file.getParent(),
                "." + file.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        try {
            Files.write(unfinished, content);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Where a context's own file is. */
    public Path metaFolder(String name) {
        return folder.resolve("contexts/meta").resolve(key(name));
    }

    /** Where a context's files for TLS are. */
    public Path tlsFolder(String name) {
        return folder.resolve("contexts/tls").resolve(key(name));
    }

    private static String key(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
