package dev.berth.cli.build;

import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder that a daemon of this host may read itself: we open it, and say by which number. Nothing of it is sent.
 *
 * @param root without links
 * @param documents the Dockerfile and its ignore file, where they are not in it
 */
public record LentFolder(Path root, Map<String, byte[]> documents) {
    private static final int NOT_FOUND = 404;

    /**
     * Asks a daemon to build it; the caller closes the answer.
     *
     * @param query as for {@code POST /build}, never empty
     * @return empty where it is a daemon that cannot: another host's, another kind
     * @throws ApiException for what it refuses otherwise
     */
    public Optional<Answer> build(EngineClient client, String query, Map<String, String> headers) throws IOException {
        if (!client.isLocal()) {
            return Optional.empty();
        }
        try (FileChannel held = FileChannel.open(root, StandardOpenOption.READ)) {
            Optional<String> descriptor = descriptor();
            if (descriptor.isEmpty()) {
                return Optional.empty();
            }
            String folder = String.join(":", descriptor.get(), attribute("unix:dev"), attribute("unix:ino"));
            return Optional.of(
                    client.send("POST", "/berth/build/folder" + query + "&folder=" + folder, body(), headers));
        } catch (ApiException e) {
            if (e.status() == NOT_FOUND) {
                return Optional.empty(); // if something else was not found, that is said again
            }
            throw e;
        }
    }

    private Map<String, @Nullable Object> body() {
        Map<String, @Nullable Object> body = Json.of();
        documents.forEach((name, content) -> body.put(name, Base64.getEncoder().encodeToString(content)));
        return body;
    }

    /** By what number this process has it open. */
    private Optional<String> descriptor() throws IOException {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path number : open) {
                if (Files.isSymbolicLink(number)
                        && Files.readSymbolicLink(number).equals(root)) {
                    return Optional.of(String.valueOf(number.getFileName()));
                }
            }
        }
        return Optional.empty();
    }

    private String attribute(String name) throws IOException {
        return Long.toUnsignedString(((Number) Files.getAttribute(root, name)).longValue());
    }
}
