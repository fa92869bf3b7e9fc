package dev.berth.build;

import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Somebody's OCI image layout (image-layout.md), of which a build wants one image. What is read of it is not verified. */
public interface ImageLayout extends AutoCloseable {
    /** Begins to read one; the build closes what comes of it. */
    @FunctionalInterface
    interface Source {
        /**
         * Begins to read it.
         *
         * @param scratch a directory of the build's own
         */
        ImageLayout open(Path scratch) throws IOException, InterruptedException;
    }

    /**
     * The manifest that is meant, or an index of such.
     *
     * @throws BuildException INVALID where there is no such
     */
    Digest root() throws IOException;

    /**
     * A blob's bytes; the caller closes the stream.
     *
     * @throws BuildException INVALID where it is not there
     */
    InputStream blob(Digest digest) throws IOException;

    @Override
    void close() throws IOException;
}
