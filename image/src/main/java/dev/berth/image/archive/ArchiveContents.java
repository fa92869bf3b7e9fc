package dev.berth.image.archive;

import dev.berth.image.catalog.Session;
import dev.berth.image.content.ContentStore;
import dev.berth.image.content.Ingest;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is in an archive, read in one pass: files that may be blobs are in the content store by then, for the session's
 * time; the few documents that tell what the archive is are in memory. Names in it are keys and nothing else: no file is
 * ever opened by one.
 */
final class ArchiveContents {
    private static final String BLOB_PREFIX = "blobs/sha256/";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_LINKS = 8;

    private final Map<String, byte[]> documents = new HashMap<>();
    private final Map<String, Digest> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    private ArchiveContents() {}

    /** Reads a plain or compressed tar to its end; the stream is not closed. */
    static ArchiveContents read(InputStream archive, ContentStore store, Session session, Limits limits)
            throws IOException {
        ArchiveContents contents = new ArchiveContents();
        TarReader reader = new TarReader(ByteSource.of(Compression.decompressed(archive)), limits);
        boolean empty = true;
        for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            empty = false;
            contents.take(entry.get(), reader, store, session, limits);
        }
        if (empty) {
            throw ImageException.invalid("the archive is empty");
        }
        return contents;
    }

    private void take(TarEntry entry, TarReader reader, ContentStore store, Session session, Limits limits)
            throws IOException {
        String name = normal(entry.path());
        switch (entry.type()) {
            case FILE -> {
                if (isDocument(name)) {
                    documents.put(name, reader.readData(limits.manifestBytes()));
                } else {
                    files.put(name, ingest(name, entry, reader, store, session));
                }
            }
            case SYMLINK -> links.put(name, normal(parent(name) + entry.linkTarget()));
            case HARD_LINK -> links.put(name, normal(entry.linkTarget()));
            case DIRECTORY, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> {
                // nothing that an image is made of
            }
        }
    }

    private static boolean isDocument(String name) {
        return name.equals("index.json")
                || name.equals("manifest.json")
                || name.equals("oci-layout")
                || name.equals("repositories")
                || name.equals("VERSION")
                || name.endsWith("/VERSION");
    }

    private static Digest ingest(String name, TarEntry entry, TarReader reader, ContentStore store, Session session)
            throws IOException {
        String hex = name.startsWith(BLOB_PREFIX) ? name.substring(BLOB_PREFIX.length()) : "";
        Optional<Digest> expected =
                HEX.matcher(hex).matches() ? Optional.of(new Digest(Digest.Algorithm.SHA256, hex)) : Optional.empty();
        if (expected.isPresent() && store.has(expected.get())) {
            session.isTemporary(expected.get());
            return expected.get();
        }
        try (Ingest ingest = expected.isPresent() ? store.ingest(expected.get(), entry.size()) : store.ingest()) {
            if (!ingest.isWhole()) {
                if (expected.isPresent()) {
                    ingest.restart();
                }
                Digest digest = take(reader, ingest);
                session.isTemporary(digest);
                return digest;
            }
        }
        session.isTemporary(expected.orElseThrow());
        return expected.orElseThrow();
    }

    private static Digest take(TarReader reader, Ingest ingest) throws IOException {
        try {
            reader.readData((offset, bytes) -> write(ingest, offset, bytes));
            return ingest.commit();
        } catch (IOException | RuntimeException e) {
            ingest.abandon(); // an archive is read from its beginning the next time
            throw e;
        }
    }

    private static void write(Ingest ingest, long offset, ByteBuffer bytes) throws IOException {
        if (offset != ingest.offset()) {
            throw ImageException.invalid("the archive has a sparse file, which no image is made of");
        }
        ingest.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }

    /** A document in memory. */
    Optional<byte[]> document(String name) {
        return Optional.ofNullable(documents.get(name));
    }

    /** Whether the archive has a blob of an image layout. */
    boolean has(Digest digest) {
        return files.containsKey("blobs/" + digest.algorithm().prefix() + "/" + digest.hex());
    }

    /**
     * The blob that a name in the archive means.
     *
     * @throws ImageException INVALID if there is none
     */
    Digest blob(String name) throws ImageException {
        String current = normal(name);
        for (int i = 0; i < MOST_LINKS; i++) {
            Digest digest = files.get(current);
            if (digest != null) {
                return digest;
            }
            String target = links.get(current);
            if (target == null) {
                break;
            }
            current = target;
        }
        throw ImageException.invalid("the archive has no file " + TarReader.printable(name));
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    /** A name without {@code .} and {@code ..}: a key that means the same file however it is written. */
    private static String normal(String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return String.join("/", names);
    }
}
