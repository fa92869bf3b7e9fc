package dev.berth.build.cache.transfer;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.RawJson;
import dev.berth.image.registry.RemoteArtifact;
import java.io.IOException;

/** Where a cache is. Safe for use by many threads; whoever opened it closes it. What is read of it is verified. */
interface CachePlace extends AutoCloseable {
    /** As the user knows it. */
    String name();

    /** What is there under the cache's name: a manifest, or an index of such. */
    RemoteArtifact.Document document() throws IOException;

    /** A document that an index speaks of. */
    RemoteArtifact.Document document(Descriptor manifest) throws IOException;

    /** A small blob's bytes. */
    byte[] read(Descriptor blob, int limitBytes) throws IOException;

    /** Takes a blob into the content store, unless it is there. */
    void fetch(Descriptor blob) throws IOException;

    boolean has(Digest blob) throws IOException;

    /** Writes a blob of the content store. */
    void upload(Descriptor blob) throws IOException;

    /** Has the cache's name stand for a manifest, whose blobs are there. */
    void put(RawJson manifest) throws IOException;

    @Override
    void close();
}
