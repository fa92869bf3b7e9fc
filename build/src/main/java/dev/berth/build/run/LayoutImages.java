package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.ImageLayout;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.catalog.Session;
import dev.berth.image.content.Ingest;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Images of layouts, as bases of stages: their blobs are verified as they are taken in. The image is one that nobody is shown, as
 * those of steps, and goes as they do, unless it is here anyway.
 */
final class LayoutImages {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int MOST_NESTING = 4;

    private final Images images;
    private final String name;
    private final ImageLayout layout;
    private final Platform platform;

    /**
     * @param name by which the Dockerfile means it
     * @param platform whose image is taken of several
     */
    LayoutImages(Images images, String name, ImageLayout layout, Platform platform) {
        this.images = images;
        this.name = name;
        this.layout = layout;
        this.platform = platform;
    }

    /**
     * Takes the image in.
     *
     * @throws BuildException INVALID, with the context's name, where the layout is not as it should be, or has none for the
     *     platform
     */
    Image take() throws IOException {
        return named(() -> {
            ImageManifest manifest = manifest();
            ImageConfig config = config(manifest);
            Optional<Image> here = images.byId(config.id());
            if (here.isPresent()) {
                return here.get();
            }
            try (Session work = images.begin()) {
                List<Descriptor> layers = manifest.layers();
                for (Descriptor layer : layers) {
                    fetch(layer);
                    work.isTemporary(layer.digest());
                }
                return images.step(config, layers);
            }
        });
    }

    /** Its configuration, of which nothing is kept. */
    ImageConfig config() throws IOException {
        return named(() -> config(manifest()));
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T named(Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (BuildException e) {
            throw BuildException.invalid("the OCI layout of the build context " + name + ": " + e.getMessage());
        } catch (ImageException e) {
            throw new ImageException(
                    e.kind(), "the OCI layout of the build context " + name + ": " + e.getMessage(), e);
        }
    }

    private ImageManifest manifest() throws IOException {
        Digest digest = layout.root();
        String type = "";
        for (int depth = 0; depth <= MOST_NESTING; depth++) {
            byte[] json = document(digest);
            if (!JsonObject.parse(json, "manifest").has("manifests")) {
                return ImageManifest.parse(json, type);
            }
            ImageIndex index = ImageIndex.parse(json, type);
            Descriptor chosen = index.forPlatform(platform)
                    .or(() -> index.manifests().size() == 1
                            ? index.manifests().stream().findFirst()
                            : Optional.empty())
                    .orElseThrow(() -> new ImageException(
                            ImageException.Kind.NO_MATCHING_PLATFORM,
                            "it has no image for " + platform + ", but for: " + index.platforms()));
            digest = chosen.digest();
            type = chosen.mediaType();
        }
        throw ImageException.invalid("its indexes are nested too deeply");
    }

    private ImageConfig config(ImageManifest manifest) throws IOException {
        ImageConfig config = ImageConfig.parse(document(manifest.config().digest()));
        boolean asked =
                !platform.equals(Platform.host()); // what says nothing of its platform is taken as it is otherwise
        if (asked && !platform.accepts(config.platform())) {
            throw new ImageException(
                    ImageException.Kind.NO_MATCHING_PLATFORM,
                    "its image is for " + config.platform() + ", and not for " + platform);
        }
        return config;
    }

    private byte[] document(Digest digest) throws IOException {
        int most = Limits.DEFAULT.manifestBytes();
        try (InputStream in = layout.blob(digest)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw ImageException.tooLarge("the document " + digest + " is longer than " + most + " bytes");
            }
            var hasher = digest.algorithm().hasher();
            hasher.update(bytes);
            if (!Digest.finish(digest.algorithm(), hasher).equals(digest)) {
                throw ImageException.invalid("the document " + digest + " has another content");
            }
            return bytes;
        }
    }

    private void fetch(Descriptor blob) throws IOException {
        if (images.content().has(blob.digest())) {
            return;
        }
        try (InputStream in = layout.blob(blob.digest());
                Ingest ingest = images.content().ingest(blob.digest(), blob.size())) {
            if (ingest.isWhole()) {
                return;
            }
            ingest.restart();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                ingest.write(buffer, 0, n);
            }
            ingest.commit();
        }
    }
}
