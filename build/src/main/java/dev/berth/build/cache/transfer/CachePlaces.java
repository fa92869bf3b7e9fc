package dev.berth.build.cache.transfer;

import dev.berth.image.Images;
import dev.berth.image.registry.Credentials;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * Opens what sources and targets mean.
 *
 * @param credentials by the reference
 */
public record CachePlaces(Images images, Function<String, Credentials> credentials) {
    CachePlace of(CacheSource source) throws IOException {
        return switch (source) {
            case CacheSource.Registry registry -> registry(registry.reference());
            case CacheSource.Folder folder ->
                new FolderPlace(folder.directory(), folder.tag(), folder.digest(), images.content());
            case CacheSource.LocalImage image -> new ImagePlace(images, image.name());
        };
    }

    /** Empty for the image itself. */
    Optional<CachePlace> of(CacheTarget target) throws IOException {
        return switch (target) {
            case CacheTarget.Registry registry -> Optional.of(registry(registry.reference()));
            case CacheTarget.Folder folder ->
                Optional.of(new FolderPlace(folder.directory(), folder.tag(), Optional.empty(), images.content()));
            case CacheTarget.Inline _ -> Optional.empty();
        };
    }

    private CachePlace registry(String reference) throws IOException {
        return new RegistryPlace(reference, images.artifact(reference, credentials.apply(reference)));
    }
}
