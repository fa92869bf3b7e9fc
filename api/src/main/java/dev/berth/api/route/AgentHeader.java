package dev.berth.api.route;

import dev.berth.build.SshAgents;
import dev.berth.engine.error.EngineException;
import io.avaje.json.JsonException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The header {@code X-Berth-Ssh} of our own command line: base64 of JSON with the path of each SSH agent's socket by its id. The
 * paths are this host's, and so is who may name them.
 */
final class AgentHeader {
    private AgentHeader() {}

    /** @throws EngineException INVALID for what is no such header, and from a client that is elsewhere */
    static SshAgents read(Call call) {
        Optional<String> header = call.exchange().request().header("x-berth-ssh");
        if (header.isEmpty()) {
            return SshAgents.NONE;
        }
        if (!call.exchange().isLocal()) {
            throw EngineException.invalid(
                    "an SSH agent (--ssh) can be forwarded to a daemon on the same host alone: run"
                            + " berth build there, over its Unix socket");
        }
        try {
            Map<String, Path> sockets = new LinkedHashMap<>();
            if (call.read(Base64.getUrlDecoder().decode(header.get()), Object.class) instanceof Map<?, ?> map) {
                map.forEach((id, path) -> sockets.put(String.valueOf(id), Path.of(String.valueOf(path))));
            }
            return SshAgents.of(sockets);
        } catch (IllegalArgumentException | JsonException e) {
            String why = e instanceof InvalidPathException ? ": " + e.getMessage() : "";
            throw EngineException.invalid(
                    "the header X-Berth-Ssh is not base64 of a JSON object of sockets' paths" + why);
        }
    }
}
