package dev.berth.cli.build;

import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.nio.file.Path;
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
        try (HeldFolder held = HeldFolder.open(root)) {
            Optional<String> folder = held.words();
            if (folder.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    client.send("POST", "/berth/build/folder" + query + "&folder=" + folder.get(), body(), headers));
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
}
