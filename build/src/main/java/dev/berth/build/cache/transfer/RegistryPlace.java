package dev.berth.build.cache.transfer;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.RawJson;
import dev.berth.image.registry.RemoteArtifact;
import java.io.IOException;

/** A tag of a registry's repository. */
record RegistryPlace(String name, RemoteArtifact artifact) implements CachePlace {
    @Override
    public RemoteArtifact.Document document() throws IOException {
        return artifact.document();
    }

    @Override
    public RemoteArtifact.Document document(Descriptor manifest) throws IOException {
        return artifact.document(manifest.digest());
    }

    @Override
    public byte[] read(Descriptor blob, int limitBytes) throws IOException {
        return artifact.read(blob, limitBytes);
    }

    @Override
    public void fetch(Descriptor blob) throws IOException {
        artifact.fetch(blob);
    }

    @Override
    public boolean has(Digest blob) throws IOException {
        return artifact.has(blob);
    }

    @Override
    public void upload(Descriptor blob) throws IOException {
        artifact.upload(blob);
    }

    @Override
    public void put(RawJson manifest) throws IOException {
        artifact.put(MediaTypes.OCI_MANIFEST, manifest);
    }

    @Override
    public void close() {
        artifact.close();
    }
}
