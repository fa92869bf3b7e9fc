package dev.berth.build.files;

import dev.berth.image.layer.TreeFile;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Files that a step copies from. A path is the names that lead to a file from the tree's root, none of them empty,
 * {@code .} or {@code ..}; links on the way are not followed.
 */
public interface SourceTree {
    /** What is there; the entry's path says nothing. */
    Optional<TreeFile> find(List<String> path) throws IOException;

    /** The names in a directory, sorted; none in what is no directory. */
    List<String> list(List<String> path) throws IOException;

    /** What is said before the name of a file that is not there. */
    String whereMissing();

    /** Reads a file's data. */
    void read(List<String> path, TarReader.DataSink sink) throws IOException;

    /** Adds what identifies a file's data. */
    void digest(List<String> path, MessageDigest digest) throws IOException;
}
