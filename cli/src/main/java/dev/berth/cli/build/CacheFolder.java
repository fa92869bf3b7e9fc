package dev.berth.cli.build;

import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this side with build caches, in the form of OCI's image layout: sent to the daemon, but for the layers that it has,
 * and taken from it, but for those that are here. Several caches lie in it under tags.
 */
public final class CacheFolder {
    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final String ALGORITHM = "sha256:";
    private static final int BUFFER_BYTES = 128 << 10;

    private final EngineClient client;
    private final Path directory;
    private final String path;

    /** @param id by which the daemon calls what stands for it there */
    public CacheFolder(EngineClient client, Path directory, String id) {
        this.client = client;
        this.directory = directory;
        this.path = "/berth/build/cache/" + id;
    }

    /**
     * Sends the cache of a tag or digest.
     *
     * @throws IOException where the folder has none
     */
    public void send(String tag, Optional<String> digest) throws IOException {
        Tree chosen = chosen(tag, digest);
        String manifest = chosen.text("digest");
        Tree document = Json.parse(Files.readAllBytes(blob(manifest)));
        for (Tree layer : document.list("layers")) {
            if (!has(layer.text("digest"))) {
                sendBlob(layer.text("digest"));
            }
        }
        sendBlob(document.text("config", "digest"));
        sendBlob(manifest);
        List<@Nullable Object> alone = new ArrayList<>();
        alone.add(chosen.value());
        byte[] index = Json.text(index(alone)).getBytes(StandardCharsets.UTF_8);
        client.upload("PUT", path + "/index", out -> out.write(index)).close();
    }

    private Tree chosen(String tag, Optional<String> digest) throws IOException {
        List<Tree> all =
                Json.parse(Files.readAllBytes(directory.resolve("index.json"))).list("manifests");
        for (Tree each : all) {
            boolean meant = digest.isPresent()
                    ? digest.get().equals(each.text("digest"))
                    : all.size() == 1 || tag.equals(each.text("annotations", TAG));
            if (meant) {
                return each;
            }
        }
        throw new IOException("there is no cache with the "
                + digest.map(text -> "digest " + text).orElse("tag " + tag));
    }

    private boolean has(String digest) throws IOException {
        try (Answer answer = client.send("HEAD", path + "/blobs/" + digest, null, Map.of())) {
            return answer.status() == 200;
        } catch (ApiException e) {
            return false;
        }
    }

    private void sendBlob(String digest) throws IOException {
        Path file = blob(digest);
        if (!Files.isRegularFile(file)) {
            throw new IOException("blob " + digest + " is missing");
        }
        client.upload("PUT", path + "/blobs/" + digest, out -> Files.copy(file, out))
                .close();
    }

    /** Takes what a build has written, if it has, beside what is here of other tags. */
    public void take() throws IOException {
        Tree written;
        try {
            written = client.get(path + "/index").list("manifests").getFirst();
        } catch (ApiException e) {
            if (e.status() == 404) { // the build has said why, and went well nevertheless
                return;
            }
            throw e;
        }
        String manifest = written.text("digest");
        byte[] document = takeBlob(manifest, true);
        Tree tree = Json.parse(document);
        takeBlob(tree.text("config", "digest"), false);
        for (Tree layer : tree.list("layers")) {
            takeBlob(layer.text("digest"), false);
        }
        List<@Nullable Object> all = new ArrayList<>();
        Path index = directory.resolve("index.json");
        if (Files.exists(index)) {
            for (Tree each : Json.parse(Files.readAllBytes(index)).list("manifests")) {
                if (!each.text("annotations", TAG).equals(written.text("annotations", TAG))) {
                    all.add(each.value());
                }
            }
        }
        all.add(written.value());
        write(directory.resolve("oci-layout"), Json.text(Json.of("imageLayoutVersion", "1.0.0")));
        write(index, Json.text(index(all)));
    }

    private static Map<String, @Nullable Object> index(List<@Nullable Object> manifests) {
        Map<String, @Nullable Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2L);
        index.put("mediaType", "application/vnd.oci.image.index.v1+json");
        index.put("manifests", manifests);
        return index;
    }

    /** Gives its bytes, if they are wanted. */
    private byte[] takeBlob(String digest, boolean wanted) throws IOException {
        Path file = blob(digest);
        if (!Files.isRegularFile(file)) {
            Files.createDirectories(file.resolveSibling("."));
            Path beside = file.resolveSibling("." + file.getFileName() + ".new");
            try {
                fetch(digest, beside);
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
        }
        return wanted ? Files.readAllBytes(file) : new byte[0];
    }

    private void fetch(String digest, Path file) throws IOException {
        MessageDigest hasher = hasher();
        try (Answer answer = client.send("GET", path + "/blobs/" + digest, null, Map.of());
                InputStream in = answer.body();
                OutputStream out = new DigestOutputStream(Files.newOutputStream(file), hasher)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        }
        if (!digest.equals(ALGORITHM + HexFormat.of().formatHex(hasher.digest()))) {
            throw new IOException("blob " + digest + " came with another content");
        }
    }

    private static MessageDigest hasher() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(beside, text);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A name in a document is no path: only what a digest is made of makes a file's name. */
    private Path blob(String digest) throws IOException {
        if (!digest.matches(ALGORITHM + "[0-9a-f]{64}")) {
            throw new IOException("\"" + digest + "\" is no digest of a blob");
        }
        return directory.resolve("blobs/sha256").resolve(digest.substring(ALGORITHM.length()));
    }
}
