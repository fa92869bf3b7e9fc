package dev.berth.build.files;

import dev.berth.image.layer.TreeFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One digest of all that is in a tree: names, kinds, modes, links and contents; not times. */
public final class TreeDigest {
    private final SourceTree tree;
    private final MessageDigest digest;

    private TreeDigest(SourceTree tree, MessageDigest digest) {
        this.tree = tree;
        this.digest = digest;
    }

    public static Digest of(SourceTree tree) throws IOException {
        MessageDigest digest = Digest.Algorithm.SHA256.hasher();
        new TreeDigest(tree, digest).add(List.of());
        return Digest.finish(Digest.Algorithm.SHA256, digest);
    }

    private void add(List<String> directory) throws IOException {
        for (String name : tree.list(directory)) {
            List<String> path = new ArrayList<>(directory);
            path.add(name);
            Optional<TreeFile> file = tree.find(path);
            if (file.isEmpty()) {
                continue;
            }
            TarEntry entry = file.get().entry();
            add(String.join("/", path) + "\0" + entry.type() + "\0" + entry.mode() + "\0" + entry.linkTarget() + "\0");
            if (entry.type() == TarEntry.Type.DIRECTORY) {
                add(path);
            } else if (entry.type() == TarEntry.Type.FILE) {
                tree.digest(path, digest);
            }
        }
    }

    private void add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
}
