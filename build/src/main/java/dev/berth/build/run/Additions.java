package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.files.Archives;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.ImageTree;
import dev.berth.build.files.Selection;
import dev.berth.build.git.GitAddress;
import dev.berth.build.git.GitCheckout;
import dev.berth.image.files.FileTree;
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
import java.util.function.Predicate;

/** What an ADD takes: files of the context, archives that are unpacked, what is fetched. */
final class Additions implements AutoCloseable {
    private static final int FETCHED_MODE = 0600;
    private static final int BUFFER_BYTES = 128 << 10;
    private static final Selection.Choice ALL = new Selection.Choice(false, _ -> false);

    private final Build build;
    private final Instruction.Add add;
    private final List<AutoCloseable> opened = new ArrayList<>();

    Additions(Build build, Instruction.Add add) {
        this.build = build;
        this.add = add;
    }

    Selection selection() throws IOException, InterruptedException {
        Selection all = Selection.none();
        for (String source : add.sources()) {
            Optional<GitAddress> repository = GitAddress.parse(source);
            if (repository.isPresent()) {
                all = all.and(repository(source, repository.get()));
            } else {
                all = all.and(Fetched.isAddress(source) ? fetched(source) : local(source));
            }
        }
        return all;
    }

    private Selection local(String source) throws IOException {
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

    /** With its own data it is known by its commit: that is never written twice alike. */
    private Selection repository(String source, GitAddress address) throws IOException, InterruptedException {
        if (add.keepGitDirectory().isPresent()
                && address.keepGit().isPresent()
                && !add.keepGitDirectory().equals(address.keepGit())) {
            throw BuildException.invalid("ADD " + source + ": --keep-git-dir and the address do not say the same");
        }
        boolean keepGit = add.keepGitDirectory().or(address::keepGit).orElse(false);
        GitCheckout checkout = Repositories.fetch(
                add.checksum().isEmpty() ? address : address.withChecksum(add.checksum()),
                keepGit,
                build.spool(),
                build.request().agents());
        FileTree files = FileTree.at(checkout.part(address.directory()));
        opened.add(files);
        Predicate<String> excluded = Selection.excluded(add.excludes());
        IgnoreFile pointers = keepGit ? IgnoreFile.NONE : GitCheckout.pointers();
        Selection selection = Selection.of(
                new ImageTree(files),
                List.of("/"),
                new Selection.Choice(false, path -> excluded.test(path) || pointers.ignores(path)),
                "ADD");
        return keepGit ? selection.knownAs(address + " at " + checkout.commit() + " " + add.excludes()) : selection;
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
        for (AutoCloseable tree : opened) {
            try {
                tree.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("what ADD took cannot be closed: " + e.getMessage(), e);
            }
        }
    }
}
