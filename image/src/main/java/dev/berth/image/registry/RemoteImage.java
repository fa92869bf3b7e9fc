package dev.berth.image.registry;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.util.List;

/**
 * What a registry has under a name.
 *
 * @param descriptor of the index or manifest
 * @param platforms that it is for
 */
public record RemoteImage(Descriptor descriptor, List<Platform> platforms) {
    public RemoteImage {
        platforms = List.copyOf(platforms);
    }

    /** Asks the registry; see {@link dev.berth.image.Images#inspectRemote}. */
    public static RemoteImage inspect(Reference reference, RegistryOptions options, Credentials credentials)
            throws IOException {
        try (RegistrySession session = RegistrySession.open(reference.domain(), options, credentials)) {
            Repository repository = new Repository(session, reference);
            Repository.Document document = repository.manifest(reference);
            if (isIndex(document)) {
                ImageIndex index = ImageIndex.parse(document.bytes(), document.mediaType());
                List<Platform> platforms = index.manifests().stream()
                        .flatMap(manifest -> manifest.platform().stream())
                        .toList();
                return new RemoteImage(index.descriptor(), platforms);
            }
            ImageManifest manifest = ImageManifest.parse(document.bytes(), document.mediaType());
            boolean image = MediaTypes.isConfig(manifest.config().mediaType());
            return new RemoteImage(
                    manifest.descriptor(),
                    image
                            ? List.of(RemoteConfig.read(repository, manifest.config())
                                    .platform())
                            : List.of());
        }
    }

    /** Whether a document is a list of manifests; where the registry does not say, the document does. */
    static boolean isIndex(Repository.Document document) throws ImageException {
        return document.mediaType().isEmpty()
                ? JsonObject.parse(document.bytes(), "manifest " + document.digest())
                        .has("manifests")
                : MediaTypes.isIndex(document.mediaType());
    }
}
