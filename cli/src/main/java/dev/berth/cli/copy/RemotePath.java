package dev.berth.cli.copy;

import dev.berth.cli.http.Answer;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** A path in a container. */
public record RemotePath(EngineClient client, String container, String path) {
    private static final String STAT = "x-docker-container-path-stat";
    private static final long GO_DIRECTORY = 1L << 31;

    /** What is there; a link's target is absolute. */
    public record Stat(String name, boolean directory, String linkTarget) {}

    /** Looks at it; empty where nothing is there, or nothing that the path can mean. */
    Optional<Stat> stat() throws IOException {
        try (Answer answer = client.send("HEAD", url(""), null, Map.of())) {
            return Optional.of(stat(answer));
        } catch (ApiException e) {
            // A HEAD has no message: the container may be what is missing, and that is said in words.
            client.get("/containers/" + EngineClient.encode(container) + "/json");
            return Optional.empty();
        }
    }

    /** What the archive's answer says of it. */
    static Stat stat(Answer answer) {
        Tree stat = Json.parse(Base64.getDecoder().decode(answer.headers().getOrDefault(STAT, "")));
        return new Stat(stat.text("name"), (stat.number("mode") & GO_DIRECTORY) != 0, stat.text("linkTarget"));
    }

    /** The address of its archive. */
    String url(String further) {
        return "/containers/" + EngineClient.encode(container) + "/archive?path=" + EngineClient.encode(path) + further;
    }

    RemotePath at(String otherPath) {
        return new RemotePath(client, container, otherPath);
    }
}
