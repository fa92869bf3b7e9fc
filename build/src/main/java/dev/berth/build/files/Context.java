package dev.berth.build.files;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The files of a build's context. Once what is to be ignored is taken away, safe for many threads. */
public sealed interface Context extends SourceTree, AutoCloseable permits ContextTree, FolderTree {
    /** Takes away what is not to be in the context. */
    void remove(IgnoreFile ignored);

    /**
     * A whole file.
     *
     * @throws BuildException INVALID where it is larger than that
     */
    Optional<byte[]> content(String path, int mostBytes) throws IOException;

    /** A file's data as a stream, to be closed before this is; empty where there is no such file. */
    Optional<InputStream> open(String path) throws IOException;

    @Override
    default String whereMissing() {
        return "file not found in build context or excluded by .dockerignore: ";
    }

    @Override
    void close() throws IOException;

    /** @throws BuildException INVALID for a file that is too large to be read whole */
    static int checkedSize(String path, long size, int mostBytes) {
        if (size > mostBytes) {
            throw BuildException.invalid(
                    path + " in the build context has " + size + " bytes; at most " + mostBytes + " are read");
        }
        return (int) size;
    }
}
