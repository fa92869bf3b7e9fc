package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.BuildRequest;
import dev.berth.build.ContextSource;
import dev.berth.build.ImageLayout;
import dev.berth.build.Limits;
import dev.berth.build.NamedContext;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.Context;
import dev.berth.build.files.ContextTree;
import dev.berth.build.git.GitAddress;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a request has in place of names, opened with its first use. Safe for use by many threads. */
final class NamedContexts implements AutoCloseable {
    private static final String FILE = "context";
    private static final String FOR_PLATFORM = "::";
    private static final String LATEST = ":latest";
    private static final int FETCHED_MODE = 0600;

    private final BuildRequest request;
    private final Path scratch;
    private final Map<String, NamedContext> given = new LinkedHashMap<>();
    private final Map<String, Context> trees = new HashMap<>(); // guarded by this, as is what follows
    private final Map<String, ImageLayout> layouts = new HashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** @param scratch a directory that goes with the request */
    NamedContexts(BuildRequest request, Path scratch) {
        this.request = request;
        this.scratch = scratch;
        request.contexts().forEach((name, context) -> given.put(normalKey(name), context));
    }

    private static String normalKey(String key) {
        int mark = key.indexOf(FOR_PLATFORM);
        return mark < 0 ? normal(key) : normal(key.substring(0, mark)) + key.substring(mark);
    }

    /** {@code docker.io/library/debian:latest} is {@code debian}. */
    private static String normal(String name) {
        try {
            String familiar = Reference.parse(name).withDefaultTag().familiar();
            return familiar.endsWith(LATEST) ? familiar.substring(0, familiar.length() - LATEST.length()) : familiar;
        } catch (ImageException e) {
            return name.toLowerCase(Locale.ROOT);
        }
    }

    /** The key of what stands for a name; one for this platform goes before one for all. */
    private Optional<String> key(String name, Platform platform) {
        String plain = normal(name);
        String own = plain + FOR_PLATFORM + platform;
        return given.containsKey(own) ? Optional.of(own) : Optional.of(plain).filter(given::containsKey);
    }

    boolean has(String name, Platform platform) {
        return key(name, platform).isPresent();
    }

    /** The image that a name means: its own, unless it means another. */
    String image(String name, Platform platform) {
        return key(name, platform)
                .map(given::get)
                .map(context -> context instanceof NamedContext.OfImage(String reference) ? reference : name)
                .orElse(name);
    }

    /** Whether a name means files, and no image. */
    boolean hasFiles(String name, Platform platform) {
        return key(name, platform)
                .filter(key -> switch (given.get(key)) {
                    case NamedContext.OfImage _, NamedContext.OfLayout _ -> false;
                    case NamedContext.OfFiles _, NamedContext.OfAddress _ -> true;
                    case null -> false;
                })
                .isPresent();
    }

    /** The layout whose image a name means, where it means one; closed with this. */
    synchronized Optional<ImageLayout> layout(String name, Platform platform) throws IOException, InterruptedException {
        Optional<String> key = key(name, platform);
        if (key.isEmpty() || !(given.get(key.get()) instanceof NamedContext.OfLayout(ImageLayout.Source source))) {
            return Optional.empty();
        }
        ImageLayout layout = layouts.get(key.get());
        if (layout == null) {
            layout = source.open(Files.createDirectory(scratch.resolve("l" + layouts.size())));
            layouts.put(key.get(), layout);
            opened.add(layout);
        }
        return Optional.of(layout);
    }

    /** The files that a name means, where it does mean some; closed with this. */
    Optional<Context> files(String name, Platform platform) throws IOException, InterruptedException {
        return hasFiles(name, platform) ? Optional.of(tree(key(name, platform).orElseThrow())) : Optional.empty();
    }

    private synchronized Context tree(String key) throws IOException, InterruptedException {
        Context tree = trees.get(key);
        if (tree == null) {
            tree = open(key, Files.createDirectory(scratch.resolve("n" + trees.size())));
            trees.put(key, tree);
        }
        return tree;
    }

    private Context open(String name, Path own) throws IOException, InterruptedException {
        return switch (given.get(name)) {
            case NamedContext.OfFiles(ContextSource source) -> {
                ContextSource.Opened context = source.open(own);
                opened.add(context);
                yield context.files(ignored(name, context));
            }
            case NamedContext.OfAddress(String address) -> {
                Context fetched = fetched(name, address, own);
                opened.add(fetched);
                yield fetched;
            }
            case NamedContext.OfImage _, NamedContext.OfLayout _ ->
                throw new IllegalStateException(name + " is an image");
            case null -> throw new IllegalStateException("there is no context " + name);
        };
    }

    private static IgnoreFile ignored(String name, ContextSource.Opened context)
            throws IOException, InterruptedException {
        return BuildRunner.parsed(
                context.file(BuildRunner.IGNORE_FILE, Limits.IGNORE_FILE_CHARS),
                BuildRunner.IGNORE_FILE + " of the context " + name);
    }

    private Context fetched(String name, String address, Path own) throws IOException, InterruptedException {
        Optional<GitAddress> repository = GitAddress.ofContext(address);
        if (repository.isPresent()) {
            return Repositories.context(repository.get(), request, own);
        }
        if (!Fetched.isAddress(address)) {
            throw BuildException.invalid("unsupported context source " + address + " for " + name);
        }
        Fetched fetched = Fetched.from(address, own.resolve("fetched"));
        try (InputStream content = Files.newInputStream(fetched.content())) {
            Instant modified = fetched.modified().orElse(Instant.EPOCH);
            return ContextTree.of(FILE, content, FETCHED_MODE, modified, own.resolve("tree"));
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (AutoCloseable context : opened) {
            try {
                context.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("a context cannot be closed: " + e.getMessage(), e);
            }
        }
    }
}
