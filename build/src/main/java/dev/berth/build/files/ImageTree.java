package dev.berth.build.files;

import dev.berth.image.files.FileTree;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * The files of an image.
 *
 * @param files stays the caller's
 */
public record ImageTree(FileTree files) implements SourceTree {
    @Override
    public Optional<TreeFile> find(List<String> path) throws IOException {
        return files.find(path);
    }

    @Override
    public List<String> list(List<String> path) throws IOException {
        return files.list(path);
    }

    @Override
    public String whereMissing() {
        return "";
    }

    @Override
    public void read(List<String> path, TarReader.DataSink sink) throws IOException {
        files.read(path, sink);
    }

    @Override
    public void digest(List<String> path, MessageDigest digest) throws IOException {
        files.read(path, (_, bytes) -> digest.update(bytes));
    }
}
