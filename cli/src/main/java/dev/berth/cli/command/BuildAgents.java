package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code --ssh}: agents for {@code RUN --mount=type=ssh}, whose sockets a header of the request names: the daemon is on this host. */
final class BuildAgents {
    private static final int TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private BuildAgents() {}

    /** The header; none where there is no agent. */
    static Map<String, String> header(List<String> flags, Function<String, Optional<String>> environment)
            throws IOException {
        Map<String, String> sockets = new LinkedHashMap<>();
        for (String flag : flags) {
            int equals = flag.indexOf('=');
            String id = equals < 0 ? flag : flag.substring(0, equals);
            String named = equals < 0 ? "" : flag.substring(equals + 1);
            if (id.isEmpty()) {
                throw new CliException("invalid ssh \"" + flag + "\": the ID is missing");
            }
            String path = named.isEmpty()
                    ? environment
                            .apply("SSH_AUTH_SOCK")
                            .filter(socket -> !socket.isEmpty())
                            .orElseThrow(() ->
                                    new CliException("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set"))
                    : named;
            if (sockets.put(id, socket(flag, path)) != null) {
                throw new CliException("invalid ssh \"" + flag + "\": there are several agents of the ID " + id);
            }
        }
        return sockets.isEmpty()
                ? Map.of()
                : Map.of(
                        "X-Berth-Ssh",
                        Base64.getUrlEncoder().encodeToString(Json.text(sockets).getBytes(StandardCharsets.UTF_8)));
    }

    private static String socket(String flag, String path) throws IOException {
        Path file = Path.of(path).toAbsolutePath();
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CliException("invalid ssh \"" + flag + "\": failed to stat " + path + ": no such file");
        }
        if (((int) Files.getAttribute(file, "unix:mode") & TYPE) != SOCKET) {
            throw new CliException(
                    "invalid ssh \"" + flag + "\": " + path + " is no agent's socket; keys are forwarded by"
                            + " an agent alone: eval $(ssh-agent); ssh-add " + path);
        }
        return file.toString();
    }
}
