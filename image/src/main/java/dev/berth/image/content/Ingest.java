package dev.berth.image.content;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A blob on its way into the store. Bytes are hashed as they are written; {@link #commit} verifies and publishes.
 * Closed without a commit, the start of a blob with a known digest stays to be resumed and any other is removed. Used
 * by one thread at a time.
 */
public final class Ingest implements AutoCloseable {
    private static final int REHASH_BYTES = 1 << 20;

    private final ContentStore store;
    private final Path file;
    private final Optional<Digest> expected;
    /** The announced size, or the most that is taken where none is. */
    private final long sizeLimit;

    private final Digest.Algorithm algorithm;
    private final boolean whole;
    private final FileChannel channel;
    private MessageDigest hasher;
    private long offset;
    /** What was verified. */
    private Optional<Digest> actual = Optional.empty();

    private boolean synced;
    private boolean keep;
    private boolean closed;

    private Ingest(
            ContentStore store,
            Path file,
            Optional<Digest> expected,
            long sizeLimit,
            boolean whole,
            FileChannel channel) {
        this.store = store;
        this.file = file;
        this.expected = expected;
        this.sizeLimit = sizeLimit;
        this.algorithm = expected.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
        this.whole = whole;
        this.channel = channel;
        this.hasher = algorithm.hasher();
        this.keep = expected.isPresent();
    }

    static Ingest resume(ContentStore store, Path file, Digest expected, long size) throws IOException {
        boolean whole = store.has(expected);
        FileChannel channel = whole
                ? FileChannel.open(store.path(expected), StandardOpenOption.READ)
                : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        Ingest ingest = new Ingest(store, file, Optional.of(expected), size, whole, channel);
        try {
            if (whole) {
                ingest.offset = channel.size();
                if (ingest.offset != size) {
                    throw ingest.wrongSize("has");
                }
            } else {
                ingest.takeUp();
            }
            return ingest;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    static Ingest anonymous(ContentStore store, Path file, long sizeLimit) throws IOException {
        return new Ingest(
                store, file, Optional.empty(), sizeLimit, false, FileChannel.open(file, StandardOpenOption.WRITE));
    }

    /** Whether the store has the blob already; there is nothing to write or commit then. */
    public boolean isWhole() {
        return whole;
    }

    /** What is written to this is written to the blob, unbuffered; closing it changes nothing. */
    public OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                Ingest.this.write(bytes, from, length);
            }
        };
    }

    /** How many of the blob's bytes are here: where the next write goes. */
    public long offset() {
        return offset;
    }

    /** Forgets what was written so far. */
    public void restart() throws IOException {
        channel.truncate(0);
        channel.position(0);
        hasher = algorithm.hasher();
        offset = 0;
    }

    /**
     * Appends bytes.
     *
     * @throws ImageException INVALID if they are more than announced, TOO_LARGE if more than allowed, NO_SPACE if the
     *     disk is full; nothing is kept in these cases
     */
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > sizeLimit - offset) {
            keep = false;
            throw expected.isPresent()
                    ? wrongSize("goes on after")
                    : ImageException.tooLarge("a blob is larger than the " + sizeLimit + " bytes allowed");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw explain(e);
        }
        hasher.update(bytes, from, length);
        offset += length;
    }

    /**
     * Verifies size and digest, syncs the file and gives it its name.
     *
     * @return the blob's digest
     * @throws ImageException INVALID if the bytes are not those announced; nothing is kept then
     */
    public Digest commit() throws IOException {
        Digest actual = verify();
        sync();
        try {
            if (!store.has(actual)) {
                store.publish(file, actual);
            }
        } catch (IOException e) {
            throw explain(e);
        }
        keep = false;
        return actual;
    }

    /** Verifies size and digest of what was written, which must be all. The first step of a commit. */
    Digest verify() throws ImageException {
        if (actual.isPresent()) {
            return actual.get();
        }
        if (expected.isPresent() && offset != sizeLimit) {
            keep = offset < sizeLimit;
            throw wrongSize("ends after " + offset + " of");
        }
        Digest digest = Digest.finish(algorithm, hasher);
        if (expected.isPresent() && !expected.get().equals(digest)) {
            keep = false;
            throw ImageException.invalid("blob " + expected.get() + " has another content: its digest is " + digest
                    + ". The registry or archive is damaged or lies");
        }
        actual = Optional.of(digest);
        return digest;
    }

    /** Sees to it that the bytes are on the disk. The second step of a commit. */
    void sync() throws IOException {
        if (synced) {
            return;
        }
        try {
            channel.force(true);
            synced = true;
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** Lets nothing stay of what was written, unless another thread waits to go on with it. */
    public void abandon() {
        keep &= expected.filter(store::isAwaited).isPresent();
    }

    /** Where the bytes are until they are committed. */
    Path file() {
        return file;
    }

    /** Ends the ingest. What was not committed and can't be resumed is removed. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            channel.close();
            if (!whole && (!keep || offset == 0)) {
                Files.deleteIfExists(file);
            }
        } finally {
            expected.ifPresent(store::release);
        }
    }

    /** Hashes what a former attempt left. */
    private void takeUp() throws IOException {
        if (channel.size() > sizeLimit) {
            restart();
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(REHASH_BYTES);
        while (channel.read(buffer) >= 0) {
            offset += buffer.position();
            hasher.update(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }

    private ImageException wrongSize(String verb) {
        return ImageException.invalid("blob " + expected.map(Digest::toString).orElse("") + " " + verb + " the "
                + sizeLimit + " bytes it is announced with");
    }

    private IOException explain(IOException e) {
        IOException explained = DiskFull.explain(e, "write blob to " + file.getParent());
        keep &= explained == e;
        return explained;
    }
}
