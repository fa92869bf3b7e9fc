package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.files.Archives;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.Selection;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an ADD takes: files of the context, archives that are unpacked, what is fetched. */
final class Additions implements AutoCloseable {
    private static final int FETCHED_MODE = 0600;
    private static final int BUFFER_BYTES = 128 << 10;
    private static final Selection.Choice ALL = new Selection.Choice(false, _ -> false);

    private final Build build;
    private final Instruction.Add add;
    private final List<ContextTree> opened = new ArrayList<>();

    Additions(Build build, Instruction.Add add) {
        this.build = build;
        this.add = add;
    }

    Selection selection() throws IOException, InterruptedException {
        Selection all = Selection.none();
        for (String source : add.sources()) {
            all = all.and(Fetched.isAddress(source) ? fetched(source) : local(source));
        }
        return all;
    }

    private Selection local(String source) throws IOException {
        if (source.startsWith("git@") || source.startsWith("git://") || source.startsWith("ssh://")) {
            throw BuildException.invalid("ADD " + source + ": repositories cannot be added: fetch it before the build");
        }
        Selection files = Selection.of(
                build.context(),
                List.of(source),
                new Selection.Choice(false, Selection.excluded(add.excludes())),
                "ADD");
        if (!files.isOneFile() || add.unpack().filter(unpack -> !unpack).isPresent()) {
            return files;
        }
        Optional<InputStream> content = build.context().open(source);
        if (content.isEmpty() || !Archives.isArchive(content.get())) {
            return files;
        }
        try (InputStream archive = build.context().open(source).orElseThrow()) {
            return unpacked(archive);
        }
    }

    private Selection fetched(String address) throws IOException, InterruptedException {
        Fetched fetched = Fetched.from(address, build.spool());
        if (!add.checksum().isEmpty()) {
            String found = digest(fetched).toString();
            if (!found.equals(add.checksum())) {
                throw BuildException.invalid(
                        "digest mismatch for " + address + ": " + found + " instead of " + add.checksum());
            }
        }
        try (InputStream content = Files.newInputStream(fetched.content())) {
            if (add.unpack().orElse(false) && Archives.isArchive(Files.newInputStream(fetched.content()))) {
                return unpacked(content);
            }
            String name = name(address);
            ContextTree tree = open(ContextTree.of(
                    name, content, FETCHED_MODE, fetched.modified().orElse(Instant.EPOCH), build.spool()));
            return Selection.of(tree, List.of(name), ALL, "ADD");
        }
    }

    private static Digest digest(Fetched fetched) throws IOException {
        MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(fetched.content())) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hasher.update(buffer, 0, n);
            }
        }
        return Digest.finish(Digest.Algorithm.SHA256, hasher);
    }

    private String name(String address) {
        String path = Optional.ofNullable(URI.create(address).getPath()).orElse("");
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!name.isEmpty()) {
            return name;
        }
        if (add.target().endsWith("/")) {
            throw BuildException.invalid("ADD " + address + ": cannot determine the name of the file: name it in the"
                    + " destination, without a / at its end");
        }
        return "download";
    }

    private Selection unpacked(InputStream archive) throws IOException {
        return Selection.of(open(ContextTree.read(archive, build.spool())), List.of("/"), ALL, "ADD")
                .owned();
    }

    private ContextTree open(ContextTree tree) {
        opened.add(tree);
        return tree;
    }

    @Override
    public void close() throws IOException {
        for (ContextTree tree : opened) {
            tree.close();
        }
    }
}
