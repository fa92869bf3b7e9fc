package dev.berth.image.layer;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A layer's content, decompressed by one thread and hashed by another while the owner reads it: unpacking takes as
 * long as the slowest of the three, not their sum. Closing ends both threads.
 */
final class LayerStream implements ByteSource, AutoCloseable {
    /** Between the threads: enough that a burst of small files does not stop the decompressor. */
    private static final int CHUNKS = 16;

    private final Compression compression;
    private final CountingStream compressed;
    private final InputStream content;
    private final Limits limits;
    private final LongConsumer progress;
    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<Chunk> toHash = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<Chunk> toRead = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final Chunk end = new Chunk();
    private final CompletableFuture<Long> decompressed = new CompletableFuture<>();
    private final CompletableFuture<Digest> diffId = new CompletableFuture<>();
    private final Thread decompressor;
    private final Thread hasher;
    private @Nullable Chunk current;
    private boolean ended;

    private LayerStream(
            Compression compression,
            CountingStream compressed,
            InputStream content,
            Limits limits,
            LongConsumer progress) {
        this.compression = compression;
        this.compressed = compressed;
        this.content = content;
        this.limits = limits;
        this.progress = progress;
        for (int i = 0; i < CHUNKS; i++) {
            free.add(new Chunk());
        }
        this.decompressor =
                Thread.ofPlatform().daemon().name("layer-decompress").unstarted(this::decompress);
        this.hasher = Thread.ofPlatform().daemon().name("layer-hash").unstarted(this::hash);
    }

    /**
     * Begins to read a layer.
     *
     * @param blob the layer as it is stored; closed with this
     * @param progress told of how many of the blob's bytes have been read so far
     */
    static LayerStream open(InputStream blob, Limits limits, LongConsumer progress) throws IOException {
        CountingStream counting = new CountingStream(blob);
        BufferedInputStream buffered = new BufferedInputStream(counting, Compression.HEAD_BYTES);
        Compression compression = Compression.detect(buffered);
        InputStream content;
        try {
            content = compression.open(buffered);
        } catch (IOException e) {
            throw compression.damaged(e);
        }
        LayerStream stream = new LayerStream(compression, counting, content, limits, progress);
        stream.decompressor.start();
        stream.hasher.start();
        return stream;
    }

    @Override
    public ByteBuffer next() throws IOException {
        try {
            if (current != null) {
                release(current);
                current = null;
            }
            if (ended) {
                return ByteBuffer.allocate(0);
            }
            Chunk chunk = toRead.take();
            if (chunk == end) {
                ended = true;
                result(decompressed);
                return ByteBuffer.allocate(0);
            }
            current = chunk;
            return ByteBuffer.wrap(chunk.bytes, 0, chunk.length());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Reads on to the end and gives the digest of all content. */
    Digest diffId() throws IOException {
        while (next().hasRemaining()) {
            // what follows the archive's end mark counts for the digest alone
        }
        return result(diffId);
    }

    /** Bytes of content; known after {@link #diffId}. */
    long length() throws IOException {
        return result(decompressed);
    }

    @Override
    public void close() throws IOException {
        decompressor.interrupt();
        hasher.interrupt();
        boolean interrupted = false;
        while (decompressor.isAlive() || hasher.isAlive()) {
            try {
                decompressor.join();
                hasher.join();
            } catch (InterruptedException e) {
                interrupted = true; // the blob must not be closed under the decompressor
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        content.close();
    }

    private void decompress() {
        try {
            long length = 0;
            while (true) {
                Chunk chunk = free.take();
                int n = fill(chunk);
                if (n == 0) {
                    break;
                }
                length += n;
                checkSize(length);
                progress.accept(compressed.count());
                chunk.filled(n);
                toHash.put(chunk);
                toRead.put(chunk);
            }
            decompressed.complete(length);
        } catch (InterruptedException e) {
            decompressed.completeExceptionally(e);
        } catch (IOException | RuntimeException e) {
            decompressed.completeExceptionally(e);
        } finally {
            toHash.add(end);
            toRead.add(end);
        }
    }

    private int fill(Chunk chunk) throws IOException {
        try {
            return content.readNBytes(chunk.bytes, 0, Chunk.BYTES);
        } catch (IOException e) {
            throw compressed.failed() ? e : compression.damaged(e);
        }
    }

    private void checkSize(long length) throws ImageException {
        if (length > limits.layerBytes()) {
            throw ImageException.tooLarge(
                    "a layer is larger than the " + limits.layerBytes() + " bytes allowed once decompressed");
        }
        if (length > limits.ratioGraceBytes() && length / limits.compressionRatio() > compressed.count()) {
            throw ImageException.tooLarge("a layer of " + compressed.count() + " bytes decompresses to more than "
                    + limits.compressionRatio() + " times its size: it is made to fill disks");
        }
    }

    private void hash() {
        MessageDigest digest = Digest.Algorithm.SHA256.hasher();
        try {
            for (Chunk chunk = toHash.take(); chunk != end; chunk = toHash.take()) {
                digest.update(chunk.bytes, 0, chunk.length());
                release(chunk);
            }
            diffId.complete(Digest.finish(Digest.Algorithm.SHA256, digest));
        } catch (InterruptedException | RuntimeException e) {
            diffId.completeExceptionally(e);
        }
    }

    private void release(Chunk chunk) {
        if (chunk.release()) {
            free.add(chunk);
        }
    }

    private static <T> T result(CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case ImageException known ->
                    new ImageException(known.kind(), String.valueOf(known.getMessage()), known);
                case IOException io -> new IOException(io.getMessage(), io);
                case UncheckedIOException io -> new IOException(io.getMessage(), io);
                case null, default -> new IOException("reading a layer failed: " + e.getCause(), e);
            };
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while a layer was unpacked");
    }

    /** Counts what is read, and remembers whether the failure was the blob's and not the decompressor's. */
    private static final class CountingStream extends FilterInputStream {
        private volatile long count;
        private volatile boolean failed;

        CountingStream(InputStream in) {
            super(in);
        }

        long count() {
            return count;
        }

        boolean failed() {
            return failed;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        public int read(byte[] bytes, int from, int length) throws IOException {
            try {
                int n = in.read(bytes, from, length);
                count += Math.max(n, 0);
                return n;
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }
    }
}
