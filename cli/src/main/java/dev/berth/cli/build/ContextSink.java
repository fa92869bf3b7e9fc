package dev.berth.cli.build;

import dev.berth.linux.file.FileStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Takes the files of a build's context, one after the other: a directory before what is in it. All of it is to be root's. */
interface ContextSink {
    void directory(String path, FileStatus status) throws IOException;

    /** Another name of a file that was before. */
    void hardLink(String path, String existing, FileStatus status) throws IOException;

    void symlink(String path, String target, FileStatus status) throws IOException;

    /** A device or a fifo. */
    void node(String path, FileStatus status) throws IOException;

    /** A file's data, which the caller writes, if it is asked to: as many bytes as were said. */
    @FunctionalInterface
    interface Data {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * A file with data.
     *
     * @param capability the file's {@code security.capability} (capabilities(7))
     */
    void file(String path, FileStatus status, Optional<byte[]> capability, Data data) throws IOException;

    /** A file that is nowhere on the disk, as old as can be. */
    void document(String path, byte[] content) throws IOException;

    /** What is told of such a file. */
    static FileStatus statusOf(byte[] content) {
        return new FileStatus(FileStatus.REGULAR | 0644, 0, 0, content.length, 0, 0, 1, 0, 0, 0, 0, 0, 0, false);
    }
}
