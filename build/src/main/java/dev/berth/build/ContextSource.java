package dev.berth.build;

import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a build's Dockerfile and files come from: an archive that is there as a whole, a directory, or a client
 * that is asked. */
@FunctionalInterface
public interface ContextSource {
    /**
     * Begins to take it in; the build closes what comes of it.
     *
     * @param scratch a directory of the build's own
     */
    Opened open(Path scratch) throws IOException, InterruptedException;

    /** A context that is read. Used by one thread. */
    interface Opened extends AutoCloseable {
        /**
         * The Dockerfile, or another file where that is: it need not be in the context.
         *
         * @throws BuildException INVALID where it is larger than that
         */
        Optional<byte[]> besideDockerfile(String name, int mostBytes) throws IOException, InterruptedException;

        /**
         * A file of the context, before the rest of it is wanted.
         *
         * @throws BuildException INVALID where it is larger than that
         */
        Optional<byte[]> file(String name, int mostBytes) throws IOException, InterruptedException;

        /** The files, but for what is ignored; they are closed with this. */
        Context files(IgnoreFile ignored) throws IOException, InterruptedException;

        @Override
        void close() throws IOException;
    }
}
