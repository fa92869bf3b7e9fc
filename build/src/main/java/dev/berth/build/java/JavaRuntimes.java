package dev.berth.build.java;

import dev.berth.image.content.ContentStore;
import dev.berth.image.layer.LayerBlob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The layers of runtimes that this process has made, as long as an image has them: of a build after a change of the
 * application, making its runtime anew would be nearly all of the time. What was made of a JDK or of libraries that have
 * changed since is not used again. Safe for use by many threads.
 */
public final class JavaRuntimes {
    private static final int KEPT_AT_MOST = 16;

    private final Map<Key, Made> made = new LinkedHashMap<>(); // guarded by this, the longest unused first

    private record Key(SortedSet<String> modules, Instant time) {}

    /** @param stamps of what it was made of */
    private record Made(Layers layers, Map<Path, String> stamps) {}

    /** A runtime: what it needs of the host, and itself. */
    record Layers(LayerBlob system, LayerBlob java) {}

    /** A runtime with these modules and times of files, whose layers are in the content store. */
    synchronized Optional<Layers> find(SortedSet<String> modules, Instant time, ContentStore content)
            throws IOException {
        Key key = new Key(modules, time);
        Made before = made.remove(key);
        if (before == null
                || !content.has(before.layers.system().blob().digest())
                || !content.has(before.layers.java().blob().digest())
                || !before.stamps.equals(stamps(before.stamps.keySet()))) {
            return Optional.empty();
        }
        made.put(key, before);
        return Optional.of(before.layers);
    }

    /**
     * Keeps a runtime.
     *
     * @param stamps of what it was made of
     */
    synchronized void keep(SortedSet<String> modules, Instant time, Layers layers, Map<Path, String> stamps) {
        made.put(new Key(new TreeSet<>(modules), time), new Made(layers, Map.copyOf(stamps)));
        if (made.size() > KEPT_AT_MOST) {
            made.remove(made.keySet().iterator().next());
        }
    }

    /** What tells that files and folders have changed: which they are, their sizes and times. */
    static Map<Path, String> stamps(Iterable<Path> files) throws IOException {
        Map<Path, String> stamps = new LinkedHashMap<>();
        for (Path file : files) {
            if (Files.exists(file)) {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.put(file, now.fileKey() + " " + now.size() + " " + now.lastModifiedTime());
            } else {
                stamps.put(file, "none");
            }
        }
        return stamps;
    }
}
