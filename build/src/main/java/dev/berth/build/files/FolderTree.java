package dev.berth.build.files;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A directory of the host's as a build's context, read in place: what is in its directories when they are first looked into,
 * what is in its files when a step takes them. Files look as in the archives that clients send: root's, with whole seconds. No
 * link in it is followed by the kernel, so none leads out of it.
 *
 * <p>A file is what it was when its directory was read, or the build fails: its {@linkplain FileStatus.Identity identity} is
 * compared before and after each reading.
 */
public final class FolderTree implements Context {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int DIRECTORY_MODE = 0755;
    private static final int EXECUTABLE = 0111;
    private static final String CAPABILITY = "security.capability";
    /** What was changed that shortly before it was read may have been changed again within the clock's tick. */
    private static final int FRESH_SECONDS = 2;

    private final Directory root;
    private final Map<String, byte[]> documents;
    private final FileDigests.OfFolder digests;
    private Node top;

    private FolderTree(Directory root, Map<String, byte[]> documents, FileDigests.OfFolder digests) {
        this.root = root;
        this.documents = documents;
        this.digests = digests;
        this.top = top(IgnoreFile.NONE);
    }

    /**
     * The files of a directory.
     *
     * @param documents files that are not in it, by their names
     * @throws BuildException INVALID where it cannot be read
     */
    public static FolderTree open(Path directory, Map<String, byte[]> documents, FileDigests digests) {
        try {
            Directory root = Directory.open(directory);
            return new FolderTree(root, documents, digests.of(root.status().identity()));
        } catch (LinuxException e) {
            throw unreadable(e);
        }
    }

    /** A file as it was found; of a directory, what belongs to the build, once that has been looked at. */
    private static final class Node {
        private final TreeFile file;
        private final FileStatus.Identity identity;
        private final Optional<IgnoreFile.Directory> rules;
        private Optional<Map<String, Node>> children = Optional.empty();
        private volatile byte[] digest = new byte[0];

        Node(TreeFile file, FileStatus.Identity identity, Optional<IgnoreFile.Directory> rules) {
            this.file = file;
            this.identity = identity;
            this.rules = rules;
        }

        boolean isFile() {
            return file.entry().type() == TarEntry.Type.FILE;
        }
    }

    private Node top(IgnoreFile ignored) {
        TarEntry entry = TarEntry.empty("", TarEntry.Type.DIRECTORY, "", DIRECTORY_MODE, 0, 0, Instant.EPOCH);
        return new Node(new TreeFile(entry, Optional.empty()), root.status().identity(), Optional.of(ignored.root()));
    }

    @Override
    public synchronized void remove(IgnoreFile ignored) {
        if (!ignored.isEmpty()) {
            top = top(ignored);
        }
    }

    // what there is

    private synchronized Optional<Node> node(List<String> path) throws IOException {
        Node at = top;
        for (int i = 0; i < path.size(); i++) {
            Node child = children(at, path.subList(0, i)).get(path.get(i));
            if (child == null) {
                return Optional.empty();
            }
            at = child;
        }
        return Optional.of(at);
    }

    private Map<String, Node> children(Node node, List<String> path) throws IOException {
        if (node.rules.isEmpty()) {
            return Map.of();
        }
        if (node.children.isEmpty()) {
            try (Directory directory = directory(path)) {
                node.children = Optional.of(look(directory, path, node.rules.get()));
            } catch (LinuxException e) {
                throw unreadable(e);
            }
        }
        return node.children.get();
    }

    private Directory directory(List<String> path) {
        return path.isEmpty() ? root.openDirectory(".") : root.openDirectoryBeneath(String.join("/", path));
    }

    private Map<String, Node> look(Directory directory, List<String> path, IgnoreFile.Directory rules)
            throws IOException {
        Map<String, Node> found = new TreeMap<>();
        for (String name : directory.list()) {
            Optional<FileStatus> status = directory.status(name);
            if (status.isEmpty()) {
                continue; // it is gone since the names were read
            }
            if (!status.get().isDirectory()) {
                if (!rules.ignores(name)) {
                    file(directory, name, status.get()).ifPresent(node -> found.put(name, node));
                }
                continue;
            }
            IgnoreFile.Directory inside = rules.enter(name);
            Node node = new Node(
                    new TreeFile(entry(name, TarEntry.Type.DIRECTORY, "", status.get()), Optional.empty()),
                    status.get().identity(),
                    inside.isWorthEntering() ? Optional.of(inside) : Optional.empty());
            if (!inside.isIgnored() || !children(node, append(path, name)).isEmpty()) {
                found.put(name, node);
            }
        }
        return found;
    }

    /** A file that is no directory; an archive has no sockets, nor has this. */
    private static Optional<Node> file(Directory directory, String name, FileStatus status) {
        Optional<TarEntry> entry = switch (status.type()) {
            case FileStatus.REGULAR -> Optional.of(regular(directory, name, status));
            case FileStatus.SYMLINK ->
                Optional.of(entry(name, TarEntry.Type.SYMLINK, RawName.of(directory.readLink(name)), status));
            case FileStatus.FIFO -> Optional.of(entry(name, TarEntry.Type.FIFO, "", status));
            case FileStatus.CHARACTER_DEVICE ->
                Optional.of(device(entry(name, TarEntry.Type.CHARACTER_DEVICE, "", status), status));
            case FileStatus.BLOCK_DEVICE ->
                Optional.of(device(entry(name, TarEntry.Type.BLOCK_DEVICE, "", status), status));
            default -> Optional.empty();
        };
        Optional<Object> inode =
                status.links() > 1 ? Optional.of(List.of(status.device(), status.inode())) : Optional.empty();
        return entry.map(found -> new Node(new TreeFile(found, inode), status.identity(), Optional.empty()));
    }

    private static TarEntry regular(Directory directory, String name, FileStatus status) {
        Optional<byte[]> capability = (status.permissions() & EXECUTABLE) == 0
                ? Optional.empty()
                : new Attributes(directory).get(name, CAPABILITY);
        return TarEntry.file(
                RawName.of(name),
                status.permissions(),
                0,
                0,
                modified(status),
                status.size(),
                capability.map(value -> Map.of(CAPABILITY, value)).orElse(Map.of()));
    }

    private static TarEntry entry(String name, TarEntry.Type type, String target, FileStatus status) {
        return TarEntry.empty(RawName.of(name), type, target, status.permissions(), 0, 0, modified(status));
    }

    private static TarEntry device(TarEntry entry, FileStatus status) {
        return entry.withDevice(status.rdevMajor(), status.rdevMinor());
    }

    private static Instant modified(FileStatus status) {
        return Instant.ofEpochSecond(Math.max(0, status.modifiedSeconds()));
    }

    private static List<String> append(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    @Override
    public Optional<TreeFile> find(List<String> path) throws IOException {
        return node(path).map(node -> node.file);
    }

    @Override
    public synchronized List<String> list(List<String> path) throws IOException {
        Optional<Node> node = node(path);
        return node.isEmpty()
                ? List.of()
                : List.copyOf(children(node.get(), path).keySet());
    }

    // what is in it

    @Override
    public void read(List<String> path, TarReader.DataSink sink) throws IOException {
        read(path, existing(path), sink);
    }

    @Override
    public void digest(List<String> path, MessageDigest digest) throws IOException {
        Node node = existing(path);
        if (node.digest.length == 0) {
            Optional<byte[]> known = digests.find(node.identity);
            node.digest = known.isPresent() ? known.get() : hash(path, node);
        }
        digest.update(node.digest);
    }

    private byte[] hash(List<String> path, Node node) throws IOException {
        long begin = Instant.now().getEpochSecond();
        MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
        read(path, node, (_, bytes) -> hasher.update(bytes));
        byte[] digest = hasher.digest();
        if (node.identity.changedSeconds() + FRESH_SECONDS < begin) {
            digests.put(node.identity, digest);
        }
        return digest;
    }

    private void read(List<String> path, Node node, TarReader.DataSink sink) throws IOException {
        long size = node.identity.size();
        String name = String.join("/", path);
        try (Fd file = opened(name, node);
                Arena arena = Arena.ofConfined()) {
            OpenFile open = new OpenFile(file, name);
            MemorySegment buffer = arena.allocate(Math.clamp(size, 1, BUFFER_BYTES));
            for (long offset = 0; offset < size; ) {
                MemorySegment wanted = buffer.asSlice(0, Math.min(buffer.byteSize(), size - offset));
                long length = open.readAt(offset, wanted);
                if (length < wanted.byteSize()) {
                    throw changed(name);
                }
                sink.accept(offset, wanted.asByteBuffer());
                offset += length;
            }
            check(name, node, file);
        } catch (LinuxException e) {
            throw unreadable(e);
        }
    }

    /** The caller closes it. */
    private Fd opened(String name, Node node) {
        Fd file = root.openBeneath(name, Open.READ | Open.NON_BLOCKING | Open.NO_TERMINAL, 0);
        try {
            check(name, node, file);
            return file;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void check(String name, Node node, Fd file) {
        if (!Directory.statusOf(file, name).identity().equals(node.identity)) {
            throw changed(name);
        }
    }

    private Node existing(List<String> path) throws IOException {
        return node(path).filter(Node::isFile).orElseThrow(() -> new IOException("no file " + String.join("/", path)));
    }

    @Override
    public Optional<byte[]> content(String path, int mostBytes) throws IOException {
        Optional<byte[]> document = Optional.ofNullable(documents.get(path));
        if (document.isPresent()) {
            Context.checkedSize(path, document.get().length, mostBytes);
            return document;
        }
        Optional<List<String>> found = file(path);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        byte[] content = new byte
                [Context.checkedSize(path, existing(found.get()).identity.size(), mostBytes)];
        read(found.get(), (offset, bytes) -> bytes.get(content, (int) offset, bytes.remaining()));
        return Optional.of(content);
    }

    @Override
    public Optional<InputStream> open(String path) throws IOException {
        Optional<List<String>> found = file(path);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Node node = existing(found.get());
        if (node.identity.size() == 0) {
            return Optional.of(new ByteArrayInputStream(new byte[0]));
        }
        try (Fd file = opened(String.join("/", found.get()), node)) {
            return Optional.of(Files.newInputStream(Path.of(file.procPath())));
        } catch (LinuxException e) {
            throw unreadable(e);
        }
    }

    /** Where the regular file is that a path leads to. */
    private Optional<List<String>> file(String path) throws IOException {
        Optional<List<String>> found = SourcePath.follow(this, SourcePath.names(path));
        return found.isPresent() && node(found.get()).filter(Node::isFile).isPresent() ? found : Optional.empty();
    }

    private static BuildException changed(String name) {
        return BuildException.failed(
                "error checking context: " + name + " was changed while it was built: build again");
    }

    private static BuildException unreadable(LinuxException e) {
        return BuildException.failed("error checking context: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        try (root) {
            digests.close();
        }
    }
}
