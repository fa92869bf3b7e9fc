package dev.berth.image.registry;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** An image's configuration, read from its registry: no layer is fetched, and nothing kept. */
public final class RemoteConfig {
    private RemoteConfig() {}

    /**
     * Asks the registry, or a mirror of it; see {@link dev.berth.image.Images#remoteConfig}.
     *
     * @param own whose image is taken from an index where none is asked for
     */
    public static ImageConfig read(
            Reference reference,
            Optional<Platform> asked,
            Platform own,
            RegistryOptions options,
            Credentials credentials)
            throws IOException {
        List<RegistryAddress> addresses = RegistryAddress.forReading(reference.domain(), options);
        for (RegistryAddress mirror : addresses.subList(0, addresses.size() - 1)) {
            try (RegistrySession session = RegistrySession.open(mirror, options, Credentials.ANONYMOUS)) {
                return read(reference, asked, own, session);
            } catch (ImageException e) {
                // the registry itself is asked, as for a pull
            }
        }
        try (RegistrySession session = RegistrySession.open(addresses.getLast(), options, credentials)) {
            return read(reference, asked, own, session);
        }
    }

    private static ImageConfig read(
            Reference reference, Optional<Platform> asked, Platform own, RegistrySession session) throws IOException {
        Repository repository = new Repository(session, reference);
        ImageManifest manifest = repository.choose(reference, repository.manifest(reference), asked.orElse(own));
        ImageConfig config = read(repository, manifest.config());
        requirePlatform(reference, asked, config);
        return config;
    }

    /** @throws ImageException NO_MATCHING_PLATFORM, in Docker's words */
    static void requirePlatform(Reference reference, Optional<Platform> asked, ImageConfig config)
            throws ImageException {
        if (asked.isPresent() && !asked.get().accepts(config.platform())) {
            throw new ImageException(
                    ImageException.Kind.NO_MATCHING_PLATFORM,
                    "image with reference " + reference.familiar() + " was found but does not match the specified"
                            + " platform: wanted " + asked.get() + ", actual: " + config.platform());
        }
    }

    static ImageConfig read(Repository repository, Descriptor descriptor) throws IOException {
        try (Answer answer = repository.blob(descriptor.digest(), 0)) {
            byte[] json = answer.read(Limits.DEFAULT.configBytes(), "configuration " + descriptor.digest());
            var hasher = descriptor.digest().algorithm().hasher();
            hasher.update(json);
            if (!Digest.finish(descriptor.digest().algorithm(), hasher).equals(descriptor.digest())) {
                throw ImageException.invalid("configuration " + descriptor.digest()
                        + " has another content. The registry is damaged or lies");
            }
            return ImageConfig.parse(json);
        }
    }
}
