package dev.berth.build.run;

import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.attest.BuildFacts;
import dev.berth.build.dockerfile.CheckContext;
import dev.berth.engine.image.EngineImages;
import dev.berth.image.Image;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.PullRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The images that a build's stages are built upon or copy from, by their names: each is looked for once. Safe for use by many threads. */
final class BaseImages {
    /** The image of no files, which no registry has. */
    static final String SCRATCH = "scratch";

    private final EngineImages images;
    private final BuildRequest request;
    private final NamedContexts contexts;
    private final BuildListener listener;
    private final Platform platform;
    private final Map<String, Image> found = new HashMap<>();
    private final Map<String, ImageConfig> configs = new HashMap<>();

    /** @param platform which the build is for */
    BaseImages(
            EngineImages images,
            BuildRequest request,
            NamedContexts contexts,
            BuildListener listener,
            Platform platform) {
        this.images = images;
        this.request = request;
        this.contexts = contexts;
        this.listener = listener;
        this.platform = platform;
    }

    /**
     * What a stage begins with that is built upon an image.
     *
     * @param wanted empty for the build's platform
     */
    StepState state(String called, Optional<Platform> wanted) throws IOException {
        Platform one = wanted.orElse(platform);
        String name = contexts.image(called, one);
        if (name.equals(SCRATCH)) {
            return new StepState(
                    Optional.empty(),
                    new Settings(ContainerConfig.EMPTY).withDefaultPath(),
                    List.of(),
                    dated(Digest.sha256((SCRATCH + " " + one).getBytes(StandardCharsets.UTF_8))),
                    one,
                    "");
        }
        Image image = image(name, one);
        return new StepState(
                Optional.of(image),
                new Settings(image.config().config()).withDefaultPath(),
                image.config().history(),
                dated(image.id()),
                image.config().platform(),
                image.config().author());
    }

    /** The key that steps upon a base go on from: layers that are to have a date are others than those without it. */
    private Digest dated(Digest key) {
        return request.sourceDate()
                .map(date -> Digest.sha256((key + "\nSOURCE_DATE_EPOCH " + date).getBytes(StandardCharsets.UTF_8)))
                .orElse(key);
    }

    /** What checks of the Dockerfile want to know of an image that is built upon. */
    CheckContext.Base known(String called, Optional<Platform> wanted) throws IOException {
        return known(called, wanted, (name, one) -> image(name, one).config());
    }

    /** The same where nothing is built: of an image that is not here, its configuration alone is asked for. */
    CheckContext.Base asked(String called, Optional<Platform> wanted) throws IOException {
        return known(called, wanted, this::config);
    }

    private interface Configs {
        ImageConfig of(String name, Platform platform) throws IOException;
    }

    private CheckContext.Base known(String called, Optional<Platform> wanted, Configs configs) throws IOException {
        Platform one = wanted.orElse(platform);
        String name = contexts.image(called, one);
        if (name.equals(SCRATCH) || contexts.hasFiles(called, one)) {
            return CheckContext.Base.EMPTY;
        }
        ImageConfig whole = configs.of(name, one);
        ContainerConfig config = whole.config();
        return new CheckContext.Base(
                config.env(), !config.shell().isEmpty(), config.onBuild(), Optional.of(whole.platform()));
    }

    private synchronized ImageConfig config(String name, Platform wanted) throws IOException {
        String key = key(name, wanted);
        ImageConfig known = configs.get(key);
        if (known == null) {
            known = findConfig(name, wanted);
            configs.put(key, known);
        }
        return known;
    }

    private ImageConfig findConfig(String name, Platform wanted) throws IOException {
        Optional<LayoutImages> layout = layout(name, wanted);
        if (layout.isPresent()) {
            return layout.get().config();
        }
        if (!request.pull()) {
            try {
                return images.store().find(name, asked(wanted)).config();
            } catch (ImageException e) {
                if (e.kind() != ImageException.Kind.NOT_FOUND && e.kind() != ImageException.Kind.NO_MATCHING_PLATFORM) {
                    throw e;
                }
            }
        }
        return images.store()
                .remoteConfig(name, asked(wanted), request.credentials().apply(name));
    }

    private static String key(String name, Platform wanted) {
        return name + " " + wanted;
    }

    /** The host's own need not be asked for: an image that says nothing of it is taken as it is. */
    private static Optional<Platform> asked(Platform wanted) {
        return wanted.equals(Platform.host()) ? Optional.empty() : Optional.of(wanted);
    }

    /** Those that were looked for so far, in the order of their names. */
    synchronized List<BuildFacts.Base> found() {
        return found.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new BuildFacts.Base(
                        entry.getKey().substring(0, entry.getKey().lastIndexOf(' ')), entry.getValue()))
                .toList();
    }

    private synchronized Image image(String name, Platform wanted) throws IOException {
        String key = key(name, wanted);
        Image known = found.get(key);
        if (known == null) {
            known = find(name, wanted);
            found.put(key, known);
        }
        return known;
    }

    private Optional<LayoutImages> layout(String name, Platform wanted) throws IOException {
        try {
            return contexts.layout(name, wanted).map(layout -> new LayoutImages(images.store(), name, layout, wanted));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while a layout was read").initCause(e);
        }
    }

    private Image find(String name, Platform wanted) throws IOException {
        Optional<LayoutImages> layout = layout(name, wanted);
        if (layout.isPresent()) {
            return layout.get().take();
        }
        Optional<Platform> asked = asked(wanted);
        Credentials credentials = request.credentials().apply(name);
        return request.pull()
                ? images.pull(new PullRequest(name, false, asked, credentials), listener.transfers())
                : images.findOrPull(name, asked, credentials, listener.transfers());
    }
}
