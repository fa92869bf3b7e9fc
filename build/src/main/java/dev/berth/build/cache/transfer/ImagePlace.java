package dev.berth.build.cache.transfer;

import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.RawJson;
import dev.berth.image.registry.RemoteArtifact;
import java.io.IOException;

/** An image that is here, with a cache in it; nothing is written there. */
record ImagePlace(Images images, String name) implements CachePlace {
    @Override
    public RemoteArtifact.Document document() throws IOException {
        Image image = images.find(name);
        return new RemoteArtifact.Document(
                image.manifest().mediaType(), image.manifest().raw().bytes());
    }

    @Override
    public RemoteArtifact.Document document(Descriptor manifest) throws IOException {
        throw ImageException.invalid("an image that is here is no index");
    }

    @Override
    public byte[] read(Descriptor blob, int limitBytes) throws IOException {
        return images.content().read(blob.digest(), limitBytes);
    }

    @Override
    public void fetch(Descriptor blob) throws IOException {
        if (!has(blob.digest())) {
            throw new ImageException(ImageException.Kind.NOT_FOUND, "layer " + blob.digest() + " is gone");
        }
    }

    @Override
    public boolean has(Digest blob) {
        return images.content().has(blob);
    }

    @Override
    public void upload(Descriptor blob) {
        throw new IllegalStateException("an image is no place to write a cache to");
    }

    @Override
    public void put(RawJson manifest) {
        throw new IllegalStateException("an image is no place to write a cache to");
    }

    @Override
    public void close() {}
}
