package dev.berth.image.content;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A blob that one thread takes in while others read it already: they follow the writer through the file and see its end
 * only once the blob has been verified. The writer never waits for them. Closing it without a commit fails them.
 */
public final class IncomingBlob implements AutoCloseable {
    private final ContentStore store;
    private final Digest digest;
    private final long size;
    private final Ingest ingest;
    private long written;
    private boolean verified;
    private boolean published;
    private Optional<IOException> failure = Optional.empty();

    private IncomingBlob(ContentStore store, Digest digest, long size, Ingest ingest) {
        this.store = store;
        this.digest = digest;
        this.size = size;
        this.ingest = ingest;
        this.written = ingest.offset();
        this.verified = ingest.isWhole();
        this.published = ingest.isWhole();
    }

    /** Begins or goes on, as {@link ContentStore#fetch}. */
    public static IncomingBlob begin(ContentStore store, Digest digest, long size) throws IOException {
        return new IncomingBlob(store, digest, size, store.fetch(digest, size));
    }

    /** How many of the blob's bytes are here: where the next write goes. */
    public synchronized long offset() {
        return written;
    }

    /** Whether nothing is left to write or commit. */
    public synchronized boolean isWhole() {
        return published;
    }

    /** Appends bytes, as {@link Ingest#write}. */
    public void write(byte[] bytes, int from, int length) throws IOException {
        ingest.write(bytes, from, length);
        synchronized (this) {
            written = ingest.offset();
            notifyAll();
        }
    }

    /** Verifies the blob, lets its readers see its end, and publishes it, as {@link Ingest#commit}. */
    public void commit() throws IOException {
        ingest.verify();
        synchronized (this) {
            verified = true;
            notifyAll();
        }
        ingest.sync();
        synchronized (this) {
            ingest.commit();
            published = true;
        }
    }

    /** Fails the readers, for this reason. */
    public synchronized void fail(IOException reason) {
        if (failure.isEmpty()) {
            failure = Optional.of(reason);
        }
        notifyAll();
    }

    /** Lets nothing stay of what was written, unless another thread waits to go on with it. */
    public void abandon() {
        ingest.abandon();
    }

    /** The blob from its start; reading waits for the writer. The caller closes it. */
    public synchronized InputStream open() throws IOException {
        throwFailure();
        return new Follower(published ? store.open(digest) : FileChannel.open(ingest.file(), StandardOpenOption.READ));
    }

    /**
     * Waits until the blob is known to be the one announced.
     *
     * @throws IOException why it is not here
     */
    public synchronized void awaitVerified() throws IOException {
        while (!verified) {
            waitForWriter();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (!verified) {
                fail(new InterruptedIOException("blob " + digest + " was not taken in to its end"));
            }
        }
        ingest.close();
    }

    /** Waits until there is something behind the position; gives how far to read. */
    private synchronized long await(long position) throws IOException {
        while (position >= written && position < size) {
            waitForWriter();
        }
        if (position >= size) {
            awaitVerified();
        }
        return written;
    }

    /** To be called with the monitor held. */
    private void waitForWriter() throws IOException {
        throwFailure();
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while blob " + digest + " was taken in");
        }
    }

    private void throwFailure() throws IOException {
        if (failure.isPresent()) {
            IOException reason = failure.get();
            throw reason instanceof ImageException known
                    ? new ImageException(known.kind(), String.valueOf(known.getMessage()), known)
                    : new IOException(reason.getMessage(), reason);
        }
    }

    /** Reads what is written already, and then what is being written. */
    private final class Follower extends InputStream {
        private final FileChannel channel;
        private long position;

        Follower(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            long end = IncomingBlob.this.await(position);
            if (position >= end) {
                return -1;
            }
            int n = channel.read(ByteBuffer.wrap(bytes, from, (int) Math.min(length, end - position)), position);
            position += Math.max(n, 0);
            return n;
        }

        /** All that is left, even if reading it waits: decompressors ask whether more follows. */
        @Override
        public int available() {
            return (int) Math.min(size - position, Integer.MAX_VALUE);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
