package dev.berth.build.files;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.image.layer.Compression;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of a build context, as they came in an archive: what there is, in memory; what is in them, one behind the other
 * in a file that goes when this is closed. Nothing of it is ever a file of the host's. Once read, safe for many threads.
 */
public final class ContextTree implements Context {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int DIRECTORY_MODE = 0755;

    private final FileChannel data;
    private final Optional<Path> spool;
    private final Node root = new Node(new TreeFile(directory(), Optional.empty()));
    private final ByteBuffer unwritten = ByteBuffer.allocate(BUFFER_BYTES);
    private long end;

    /** One without files yet. */
    private ContextTree(Path spool) throws IOException {
        this(
                FileChannel.open(
                        spool, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                0,
                Optional.of(spool));
    }

    /**
     * One without files yet.
     *
     * @param data closed with this
     * @param end from where on it may be written; what is before that is there to be {@linkplain #adopt adopted}
     * @param spool the file that it is, where that goes with this
     */
    ContextTree(FileChannel data, long end, Optional<Path> spool) {
        this.data = data;
        this.end = end;
        this.spool = spool;
    }

    /** A file, where its data is, and what is in it. */
    static final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private TreeFile file;
        private long offset;
        private byte[] digest = new byte[0];

        Node(TreeFile file) {
            this.file = file;
        }

        boolean isDirectory() {
            return file.entry().type() == TarEntry.Type.DIRECTORY;
        }
    }

    /**
     * Reads an archive, plain or compressed.
     *
     * @param spool a file to make for the data
     * @throws BuildException INVALID for what is no archive, or leads out of it
     */
    public static ContextTree read(InputStream archive, Path spool) throws IOException {
        ContextTree tree = new ContextTree(spool);
        try {
            TarReader reader = new TarReader(ByteSource.of(Compression.decompressed(archive)), Limits.DEFAULT);
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                tree.add(entry.get(), node -> tree.take(node, reader));
            }
            tree.flush();
            return tree;
        } catch (IOException | RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    /** One of files that came in another way, each by its path. */
    public static ContextTree of(Map<String, byte[]> files, int mode, Instant modified, Path spool) throws IOException {
        ContextTree tree = new ContextTree(spool);
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                byte[] content = file.getValue();
                Node node = new Node(new TreeFile(
                        TarEntry.file(file.getKey(), mode, 0, 0, modified, content.length, Map.of()),
                        Optional.empty()));
                node.offset = tree.end;
                tree.end += tree.data.write(ByteBuffer.wrap(content), tree.end);
                node.digest = Digest.Algorithm.SHA256.hasher().digest(content);
                tree.root.children.put(file.getKey(), node);
            }
            return tree;
        } catch (IOException | RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    /** One of a single file, whose content comes as a stream, which is not closed. */
    public static ContextTree of(String name, InputStream content, int mode, Instant modified, Path spool)
            throws IOException {
        ContextTree tree = new ContextTree(spool);
        try {
            MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                hasher.update(buffer, 0, n);
                tree.append(ByteBuffer.wrap(buffer, 0, n));
            }
            tree.flush();
            Node node = new Node(
                    new TreeFile(TarEntry.file(name, mode, 0, 0, modified, tree.end, Map.of()), Optional.empty()));
            node.digest = hasher.digest();
            tree.root.children.put(name, node);
            return tree;
        } catch (IOException | RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    /** What is done with a file that has data. */
    interface Taking {
        void take(Node file) throws IOException;
    }

    /** Adds what an archive has next. */
    void add(TarEntry entry, Taking data) throws IOException {
        List<String> path = path(entry.path());
        if (path.isEmpty()) {
            return;
        }
        Node parent = root;
        for (String name : path.subList(0, path.size() - 1)) {
            parent = parent.children.computeIfAbsent(name, _ -> new Node(new TreeFile(directory(), Optional.empty())));
            if (!parent.isDirectory()) {
                throw BuildException.invalid("the build context has a file below what is no directory: "
                        + TarReader.printable(entry.path()));
            }
        }
        if (entry.type() == TarEntry.Type.HARD_LINK) {
            Node existing = node(path(entry.linkTarget()))
                    .orElseThrow(() -> BuildException.invalid("the build context has a hard link to what is not in it: "
                            + TarReader.printable(entry.path())));
            if (existing.isDirectory()) {
                throw BuildException.invalid(
                        "the build context has a hard link to a directory, which no file system has: "
                                + TarReader.printable(entry.path()));
            }
            existing.file = new TreeFile(existing.file.entry(), Optional.of(existing));
            parent.children.put(path.getLast(), existing);
            return;
        }
        Node before = parent.children.get(path.getLast());
        if (before != null && before.isDirectory() && entry.type() == TarEntry.Type.DIRECTORY) {
            before.file = new TreeFile(entry, Optional.empty());
            return;
        }
        Node node = new Node(new TreeFile(entry, Optional.empty()));
        if (entry.type() == TarEntry.Type.FILE) {
            data.take(node);
        }
        parent.children.put(path.getLast(), node);
    }

    /** Small files are written many at once. A sparse file's holes stay holes of the spool. */
    private void take(Node node, TarReader reader) throws IOException {
        TarEntry entry = node.file.entry();
        node.offset = end;
        MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
        boolean whole = entry.segments().equals(List.of(new TarEntry.Segment(0, entry.size())));
        if (whole) {
            reader.readData((_, bytes) -> {
                hasher.update(bytes.duplicate());
                append(bytes);
            });
        } else {
            flush();
            reader.readData((offset, bytes) -> write(bytes, node.offset + offset));
        }
        end = node.offset + entry.size();
        if (!whole) {
            read(node, (_, bytes) -> hasher.update(bytes));
        }
        node.digest = hasher.digest();
    }

    /** Leaves room for a file's data, which comes later. */
    void reserve(Node node) {
        node.offset = end;
        end += node.file.entry().size();
    }

    /** Has a file's data be what is there already. */
    void adopt(Node node, SentIndex.Place place) {
        node.offset = place.offset();
        node.digest = place.digest().toBytes();
    }

    /** Where a file's data is, which is known by this digest. */
    static SentIndex.Place place(Node node) {
        return new SentIndex.Place(node.offset, node.file.entry().size(), Fingerprint.ofDigest(node.digest));
    }

    /** How many bytes all data has. */
    long end() {
        return end;
    }

    /** Has what was written survive a power loss. */
    void sync() throws IOException {
        data.force(false);
    }

    /** Copies some of the data to another file's end. */
    void copy(long offset, long size, FileChannel to) throws IOException {
        for (long done = 0; done < size; ) {
            long moved = data.transferTo(offset + done, size - done, to);
            if (moved <= 0) {
                throw new IOException("the data of a build's context is shorter than it was");
            }
            done += moved;
        }
    }

    /** Writes a part of the data of a file that room was left for. */
    void write(Node node, long position, ByteBuffer bytes) throws IOException {
        write(bytes, node.offset + position);
    }

    /** Says what a file's data is known by. */
    void identify(Node node, byte[] digest) {
        node.digest = digest;
    }

    private void append(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > unwritten.remaining()) {
            flush();
        }
        if (bytes.remaining() > unwritten.remaining()) {
            int length = bytes.remaining();
            write(bytes, end);
            end += length;
        } else {
            end += bytes.remaining();
            unwritten.put(bytes);
        }
    }

    /** What is unwritten is the last of the data. */
    private void flush() throws IOException {
        unwritten.flip();
        write(unwritten, end - unwritten.remaining());
        unwritten.clear();
    }

    private void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += data.write(bytes, at);
        }
    }

    @Override
    public void remove(IgnoreFile ignored) {
        if (!ignored.isEmpty()) {
            remove(root, ignored.root());
        }
    }

    private static void remove(Node directory, IgnoreFile.Directory ignored) {
        directory.children.entrySet().removeIf(child -> {
            if (!child.getValue().isDirectory()) {
                return ignored.ignores(child.getKey());
            }
            IgnoreFile.Directory inside = ignored.enter(child.getKey());
            if (inside.isWorthEntering()) {
                remove(child.getValue(), inside);
            } else {
                child.getValue().children.clear();
            }
            return inside.isIgnored() && child.getValue().children.isEmpty();
        });
    }

    @Override
    public Optional<TreeFile> find(List<String> path) {
        return node(path).map(node -> node.file);
    }

    @Override
    public List<String> list(List<String> path) {
        return node(path).map(node -> List.copyOf(node.children.keySet())).orElse(List.of());
    }

    @Override
    public void read(List<String> path, TarReader.DataSink sink) throws IOException {
        read(node(path).orElseThrow(() -> new IOException("no file " + String.join("/", path))), sink);
    }

    @Override
    public Optional<byte[]> content(String path, int mostBytes) throws IOException {
        Optional<Node> node = file(path);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        byte[] content =
                new byte[Context.checkedSize(path, node.get().file.entry().size(), mostBytes)];
        read(node.get(), (offset, bytes) -> bytes.get(content, (int) offset, bytes.remaining()));
        return Optional.of(content);
    }

    @Override
    public Optional<InputStream> open(String path) throws IOException {
        return file(path)
                .map(node -> new Region(data, node.offset, node.file.entry().size()));
    }

    /** The regular file that a path leads to. */
    private Optional<Node> file(String path) throws IOException {
        return SourcePath.follow(this, SourcePath.names(path))
                .flatMap(this::node)
                .filter(node -> node.file.entry().type() == TarEntry.Type.FILE);
    }

    /** What is in a part of the spool. */
    private static final class Region extends InputStream {
        private final FileChannel data;
        private final long end;
        private long at;

        Region(FileChannel data, long offset, long size) {
            this.data = data;
            this.at = offset;
            this.end = offset + size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (at >= end) {
                return -1;
            }
            int n = data.read(ByteBuffer.wrap(bytes, from, (int) Math.min(length, end - at)), at);
            at += Math.max(0, n);
            return n;
        }
    }

    @Override
    public void digest(List<String> path, MessageDigest digest) {
        node(path).ifPresent(node -> digest.update(node.digest));
    }

    private void read(Node node, TarReader.DataSink sink) throws IOException {
        long size = node.file.entry().size();
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, Math.max(1, size)));
        long offset = 0;
        while (offset < size) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - offset));
            int length = data.read(buffer, node.offset + offset);
            if (length < 0) { // a hole at the end of all
                length = buffer.limit();
                buffer.put(new byte[length]);
            }
            sink.accept(offset, buffer.flip());
            offset += length;
        }
    }

    private Optional<Node> node(List<String> path) {
        Node at = root;
        for (String name : path) {
            Node child = at.children.get(name);
            if (child == null) {
                return Optional.empty();
            }
            at = child;
        }
        return Optional.of(at);
    }

    private static TarEntry directory() {
        return TarEntry.empty("", TarEntry.Type.DIRECTORY, "", DIRECTORY_MODE, 0, 0, Instant.EPOCH);
    }

    private static List<String> path(String raw) {
        List<String> names = new ArrayList<>();
        for (String name : raw.split("/")) {
            if (name.equals("..")) {
                throw BuildException.invalid(
                        "the build context has a path that leads out of it: " + TarReader.printable(raw));
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(RawName.decode(name));
            }
        }
        return names;
    }

    @Override
    public void close() throws IOException {
        try (FileChannel closing = data) {
            if (spool.isPresent()) {
                Files.deleteIfExists(spool.get());
            }
        }
    }
}
