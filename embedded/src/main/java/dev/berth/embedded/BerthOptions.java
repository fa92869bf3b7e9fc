package dev.berth.embedded;

import dev.berth.linux.namespace.UserNamespace;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an engine is started with.
 *
 * @param cache a folder of slots, {@code 0}, {@code 1}…: an engine takes the first that no other engine holds, of this JVM or
 *     another, so that any number of them can be at work. Images and what builds have come to stay in a slot for the next
 *     engine, and are found by the engines of other slots; this is the folder to keep between CI runs. Made where it is missing
 * @param directory one folder for this engine alone, in place of a slot, which shares nothing with others; to start fails where
 *     another engine holds it
 * @param insecureRegistries that may speak plain HTTP or have unknown certificates: {@code host}, {@code host:port} or a range
 *     of addresses; loopback is always one
 * @param mirrors of Docker Hub, asked before it
 * @param log where the engine tells what no caller is there to be told; warnings alone, unless debugging is on
 */
public record BerthOptions(
        Path cache, Optional<Path> directory, List<String> insecureRegistries, List<URI> mirrors, System.Logger log) {
    /** The usual: the user's cache folder, and the logger {@code dev.berth}. */
    public static final BerthOptions DEFAULT =
            new BerthOptions(usualCache(), Optional.empty(), List.of(), List.of(), System.getLogger("dev.berth"));

    public BerthOptions {
        insecureRegistries = List.copyOf(insecureRegistries);
        mirrors = List.copyOf(mirrors);
    }

    /** These options with another folder of slots. */
    public BerthOptions withCache(Path other) {
        return new BerthOptions(other, Optional.empty(), insecureRegistries, mirrors, log);
    }

    /** These options with a folder for this engine alone. */
    public BerthOptions withDirectory(Path own) {
        return new BerthOptions(cache, Optional.of(own), insecureRegistries, mirrors, log);
    }

    /** These options with registries that may speak plain HTTP or have unknown certificates. */
    public BerthOptions withInsecureRegistries(List<String> others) {
        return new BerthOptions(cache, directory, others, mirrors, log);
    }

    /** These options with mirrors of Docker Hub. */
    public BerthOptions withMirrors(List<URI> others) {
        return new BerthOptions(cache, directory, insecureRegistries, others, log);
    }

    /** These options with another place for what no caller is there to be told. */
    public BerthOptions withLog(System.Logger other) {
        return new BerthOptions(cache, directory, insecureRegistries, mirrors, other);
    }

    /** {@code $BERTH_CACHE}, {@code $XDG_CACHE_HOME/berth}, root's {@code /var/cache/berth}, others' {@code ~/.cache/berth}. */
    private static Path usualCache() {
        String own = System.getenv("BERTH_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        if (caches != null && !caches.isEmpty()) {
            return Path.of(caches, "berth");
        }
        if (!System.getProperty("user.name").equals("root")) {
            return usersCache(System.getProperty("user.home"));
        }
        boolean ordinaryUser = System.getProperty("os.name").equals("Linux")
                && !UserNamespace.own().initial();
        return ordinaryUser
                ? usersCache(System.getenv().getOrDefault("HOME", System.getProperty("user.home")))
                : Path.of("/var/cache/berth");
    }

    private static Path usersCache(String home) {
        return Path.of(home, ".cache", "berth");
    }
}
