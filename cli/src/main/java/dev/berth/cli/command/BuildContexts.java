package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.build.HeldFolder;
import dev.berth.cli.build.SentFolder;
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

/**
 * {@code --build-context}: what a build has in place of names. Folders are held open for a daemon that reads them in place, or are
 * sent to one elsewhere.
 */
final class BuildContexts implements AutoCloseable {
    private static final List<String> ELSEWHERE =
            List.of("docker-image://", "http://", "https://", "git://", "ssh://", "git@", "github.com/");

    private final Map<String, String> elsewhere = new LinkedHashMap<>();
    private final Map<String, Path> folders = new LinkedHashMap<>();
    private final List<HeldFolder> held = new ArrayList<>();

    private BuildContexts() {}

    /**
     * Those of a build.
     *
     * @param flags each {@code name=value}
     * @throws CliException for a value that makes no sense
     */
    static BuildContexts of(List<String> flags) throws IOException {
        BuildContexts contexts = new BuildContexts();
        for (String flag : flags) {
            contexts.add(flag);
        }
        return contexts;
    }

    private void add(String flag) throws IOException {
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
        if (ELSEWHERE.stream().anyMatch(value::startsWith)) {
            elsewhere.put(name, value);
        } else {
            folders.put(name, folder(name, value));
        }
    }

    private static Path folder(String name, String value) throws IOException {
        Path folder = Path.of(value);
        if (!Files.isDirectory(folder)) {
            String why = Files.exists(folder) ? "not a directory" : "no such file or directory";
            throw new CliException("failed to get build context " + name + ": stat " + value + ": " + why);
        }
        return folder.toRealPath();
    }

    /** Whether there are folders among them. */
    boolean haveFolders() {
        return !folders.isEmpty();
    }

    /** Those that are folders, to be sent. */
    List<SentFolder> sent() throws IOException {
        List<SentFolder> sent = new ArrayList<>();
        for (Path folder : folders.values()) {
            sent.add(BuildContext.named(folder));
        }
        return sent;
    }

    /** What is added to the query of a build whose daemon reads folders in place: as long as this is open, it can. */
    String queryLent() throws IOException {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(elsewhere);
        for (Map.Entry<String, Path> folder : folders.entrySet()) {
            HeldFolder open = HeldFolder.open(folder.getValue());
            held.add(open);
            all.put(folder.getKey(), "folder:" + open.words().orElse(""));
        }
        return query(all);
    }

    /** What is added to the query of one that is sent folders, if there are any. */
    String querySent() throws IOException {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(elsewhere);
        for (Map.Entry<String, Path> folder : folders.entrySet()) {
            all.put(
                    folder.getKey(),
                    "sent:" + BuildContext.named(folder.getValue()).name());
        }
        return query(all);
    }

    private static String query(Map<String, @Nullable Object> all) {
        return all.isEmpty() ? "" : "&contexts=" + EngineClient.encode(Json.text(all));
    }

    @Override
    public void close() throws IOException {
        for (HeldFolder folder : held) {
            folder.close();
        }
    }
}
