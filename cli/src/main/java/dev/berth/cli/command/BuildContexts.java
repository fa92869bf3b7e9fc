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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code --build-context}: what a build has in place of names. Folders are held open for a daemon that reads them in place, or are
 * sent to one elsewhere.
 */
final class BuildContexts implements AutoCloseable {
    private static final List<String> ELSEWHERE =
            List.of("docker-image://", "http://", "https://", "git://", "ssh://", "git@", "github.com/");

    private static final String LAYOUT = "oci-layout://";
    private static final Pattern DIGEST = Pattern.compile("@([a-z0-9]+:[0-9a-f]{32,})$");
    private static final Pattern TAG = Pattern.compile(":(\\w[\\w.-]{0,127})$");

    private final Map<String, String> elsewhere = new LinkedHashMap<>();
    private final Map<String, Folder> folders = new LinkedHashMap<>();
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
        if (ELSEWHERE.stream().anyMatch(value::startsWith)) {
            elsewhere.put(name, value);
        } else if (value.startsWith(LAYOUT)) {
            folders.put(name, layout(name, value.substring(LAYOUT.length())));
        } else {
            folders.put(name, new Folder(folder(name, value), Optional.empty()));
        }
    }

    /**
     * A folder of this side.
     *
     * @param image the tag or digest of an image, of a folder that is an OCI image layout
     */
    private record Folder(Path path, Optional<String> image) {
        String prefix() {
            return image.map(tagOrDigest -> "layout:" + tagOrDigest + ";").orElse("");
        }

        SentFolder sent() throws IOException {
            return image.isPresent() ? BuildContext.layout(path) : BuildContext.named(path);
        }
    }

    /** As with buildx, {@code path[:tag][@digest]}: a digest says more than a tag, and the usual tag is {@code latest}. */
    private static Folder layout(String name, String value) throws IOException {
        String path = value;
        Optional<String> image = Optional.empty();
        Matcher digest = DIGEST.matcher(path);
        if (digest.find()) {
            image = Optional.of(digest.group(1));
            path = path.substring(0, digest.start());
        }
        Matcher tag = TAG.matcher(path);
        if (tag.find()) {
            image = image.isPresent() ? image : Optional.of(tag.group(1));
            path = path.substring(0, tag.start());
        }
        return new Folder(folder(name, path), Optional.of(image.orElse("latest")));
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
        for (Folder folder : folders.values()) {
            sent.add(folder.sent());
        }
        return sent;
    }

    /** What is added to the query of a build whose daemon reads folders in place: as long as this is open, it can. */
    String queryLent() throws IOException {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(elsewhere);
        for (Map.Entry<String, Folder> folder : folders.entrySet()) {
            HeldFolder open = HeldFolder.open(folder.getValue().path());
            held.add(open);
            all.put(
                    folder.getKey(),
                    folder.getValue().prefix() + "folder:" + open.words().orElse(""));
        }
        return query(all);
    }

    /** What is added to the query of one that is sent folders, if there are any. */
    String querySent() throws IOException {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(elsewhere);
        for (Map.Entry<String, Folder> folder : folders.entrySet()) {
            all.put(
                    folder.getKey(),
                    folder.getValue().prefix() + "sent:"
                            + folder.getValue().sent().name());
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
