package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.build.HeldFolder;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code --build-context}: what a build has in place of names. Folders are held open for the daemon, which reads them in place. */
final class BuildContexts implements AutoCloseable {
    private static final List<String> ELSEWHERE =
            List.of("docker-image://", "http://", "https://", "git://", "ssh://", "git@", "github.com/");

    private final Map<String, @Nullable Object> contexts = new LinkedHashMap<>();
    private final List<HeldFolder> held = new ArrayList<>();

    private BuildContexts() {}

    /**
     * Opens the folders.
     *
     * @param flags each {@code name=value}
     * @throws CliException for a value that makes no sense
     */
    static BuildContexts open(EngineClient client, List<String> flags) throws IOException {
        BuildContexts contexts = new BuildContexts();
        try {
            for (String flag : flags) {
                contexts.add(client, flag);
            }
            return contexts;
        } catch (IOException | RuntimeException e) {
            contexts.close();
            throw e;
        }
    }

    private void add(EngineClient client, String flag) throws IOException {
        int equals = flag.indexOf('=');
        if (equals <= 0 || equals == flag.length() - 1) {
            throw Values.invalid(flag, "build-context", "invalid context value: " + flag + ", expected key=value");
        }
        String name = flag.substring(0, equals);
        String value = flag.substring(equals + 1);
        if (value.startsWith("oci-layout://")) {
            throw new CliException("--build-context " + flag
                    + ": OCI layouts are not supported by this builder: load the image and use docker-image://");
        }
        boolean elsewhere = ELSEWHERE.stream().anyMatch(value::startsWith);
        contexts.put(name, elsewhere ? value : "folder:" + folder(client, name, value));
    }

    private String folder(EngineClient client, String name, String value) throws IOException {
        Path folder = Path.of(value);
        if (!Files.isDirectory(folder)) {
            String why = Files.exists(folder) ? "not a directory" : "no such file or directory";
            throw new CliException("failed to get build context " + name + ": stat " + value + ": " + why);
        }
        HeldFolder open = HeldFolder.open(folder.toRealPath());
        held.add(open);
        return open.words()
                .filter(_ -> client.isLocal())
                .orElseThrow(() -> new CliException("the folder of the build context " + name
                        + " can only be read by a daemon of the same host: name an image or a repository"));
    }

    /** What is added to the query of the build. */
    String query() {
        return contexts.isEmpty() ? "" : "&contexts=" + EngineClient.encode(Json.text(contexts));
    }

    @Override
    public void close() throws IOException {
        for (HeldFolder folder : held) {
            folder.close();
        }
    }
}
