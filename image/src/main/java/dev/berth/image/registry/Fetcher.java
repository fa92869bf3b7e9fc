package dev.berth.image.registry;

import dev.berth.image.Image;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Fetches an image's blobs and nothing more: no layer is unpacked, which takes rights, and no name is given. */
public final class Fetcher {
    private final ContentStore content;
    private final RegistryOptions options;

    /** @param content where the blobs go */
    public Fetcher(ContentStore content, RegistryOptions options) {
        this.content = content;
        this.options = options;
    }

    /**
     * Fetches what is asked for: one tag or digest.
     *
     * @throws ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID, TOO_LARGE, NO_SPACE,
     *     NO_MATCHING_PLATFORM
     */
    public Image fetch(PullRequest request, TransferListener listener) throws IOException {
        Reference reference = Reference.parse(request.reference()).withDefaultTag();
        RegistryAddress address =
                RegistryAddress.forReading(reference.domain(), options).getLast();
        Progress progress = new Progress(listener);
        try (RegistrySession session = RegistrySession.open(address, options, request.credentials())) {
            Repository repository = new Repository(session, reference);
            progress.message(reference.tag().orElse(""), "Fetching from " + reference.path());
            Repository.Document top = repository.manifest(reference);
            ImageManifest manifest =
                    repository.choose(reference, top, request.platform().orElse(Platform.host()));
            Downloads.fetchConfig(repository, content, manifest, options.downloadAttempts());
            content.put(manifest.raw().bytes());
            ImageConfig config = ImageStore.readConfig(content, manifest);
            try (Downloads downloads = new Downloads(
                    repository,
                    content,
                    progress,
                    new Semaphore(options.parallelDownloads()),
                    options.downloadAttempts())) {
                for (Descriptor layer : manifest.layers()) {
                    if (!content.has(layer.digest())) {
                        downloads.start(layer);
                    }
                }
                downloads.await();
            }
            return new Image(config, manifest, List.of(), List.of(), 0, Optional.empty());
        }
    }
}
