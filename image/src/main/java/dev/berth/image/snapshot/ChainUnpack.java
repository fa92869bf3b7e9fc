package dev.berth.image.snapshot;

import dev.berth.image.content.IncomingBlob;
import dev.berth.image.layer.LayerUnpacker;
import dev.berth.image.layer.UnpackedLayer;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;

/**
 * The layers of one image on their way to snapshots. Each is unpacked as soon as its blob is here, several side by
 * side; they become snapshots in order from the bottom, because a layer may refer to those below it. What another
 * thread unpacks at the same time is waited for. Closing ends what is under way and removes what is unfinished. For one
 * thread.
 */
public final class ChainUnpack implements AutoCloseable {
    private final Snapshots snapshots;
    private final List<Digest> diffIds;
    private final List<Digest> chain;
    private final List<CompletableFuture<Void>> done = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    ChainUnpack(Snapshots snapshots, List<Digest> diffIds) {
        this.snapshots = snapshots;
        this.diffIds = List.copyOf(diffIds);
        this.chain = ChainId.of(diffIds);
        for (Digest ignored : diffIds) {
            done.add(new CompletableFuture<>());
        }
    }

    /** Whether the layer, counted from the bottom from 0, is unpacked already. */
    public boolean isPresent(int layer) {
        return snapshots.has(chain.get(layer));
    }

    /**
     * Starts to unpack a layer whose blob is in the content store, and returns. To be called once for each layer,
     * also for those present, in any order.
     *
     * @param progress told, on another thread, how many of the blob's bytes have been read so far
     */
    public void unpack(int layer, Descriptor blob, LongConsumer progress) {
        start(layer, blob, Optional.empty(), progress);
    }

    /** As {@link #unpack(int, Descriptor, LongConsumer)}, for a blob that is still being taken in. */
    public void unpack(int layer, Descriptor blob, IncomingBlob incoming, LongConsumer progress) {
        start(layer, blob, Optional.of(incoming), progress);
    }

    private void start(int layer, Descriptor blob, Optional<IncomingBlob> incoming, LongConsumer progress) {
        threads.add(Thread.ofVirtual().name("snapshot-" + layer).start(() -> {
            try {
                make(layer, blob, incoming, progress);
                done.get(layer).complete(null);
            } catch (IOException | RuntimeException | InterruptedException e) {
                done.get(layer).completeExceptionally(e);
            }
        }));
    }

    /**
     * Waits for one layer, with all below it.
     *
     * @throws ImageException INVALID, TOO_LARGE or NO_SPACE; nothing of the layer stays then
     */
    public void await(int layer) throws IOException {
        for (int i = 0; i <= layer; i++) {
            awaitOne(i);
        }
    }

    /** Waits for all layers; fails as {@link #await(int)}. */
    public void await() throws IOException {
        await(chain.size() - 1);
    }

    /** The sum of all layers' files in bytes. */
    public long bytes() {
        return chain.stream().mapToLong(snapshots::bytes).sum();
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // what is unfinished is still to be removed
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitOne(int layer) throws IOException {
        try {
            done.get(layer).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while layers were unpacked");
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case ImageException known ->
                    new ImageException(known.kind(), String.valueOf(known.getMessage()), known);
                case null, default -> new IOException("unpack layer " + diffIds.get(layer) + ": " + reason(e), e);
            };
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause();
        return cause == null ? "failed" : String.valueOf(cause.getMessage());
    }

    private void make(int layer, Descriptor blob, Optional<IncomingBlob> incoming, LongConsumer progress)
            throws IOException, InterruptedException {
        Digest chainId = chain.get(layer);
        snapshots.reserve(chainId);
        try {
            Optional<Path> tree = snapshots.hasOrBorrows(chainId) ? Optional.empty() : snapshots.makeTree(chainId);
            if (tree.isPresent()) {
                unpackReserved(layer, blob, incoming, tree.get(), progress);
            }
        } finally {
            snapshots.release(chainId);
        }
    }

    private void unpackReserved(
            int layer, Descriptor blob, Optional<IncomingBlob> incoming, Path tree, LongConsumer progress)
            throws IOException, InterruptedException {
        boolean committed = false;
        try (UnpackedLayer unpacked = unpackBlob(blob, incoming, tree, progress)) {
            if (incoming.isPresent()) {
                incoming.get().awaitVerified();
            }
            if (!unpacked.diffId().equals(diffIds.get(layer))) {
                throw ImageException.invalid(
                        "layer " + blob.digest() + " has another content than the image says: its diff ID is "
                                + unpacked.diffId() + ", not " + diffIds.get(layer));
            }
            if (layer > 0) {
                awaitOne(layer - 1);
            }
            unpacked.complete(snapshots.lowerDirs(chain.subList(0, layer)));
            snapshots.commit(chain.get(layer), tree, unpacked.bytes());
            committed = true;
        } finally {
            if (!committed) {
                snapshots.trees().discard(tree);
            }
            snapshots.trees().end(tree);
        }
    }

    /** Few at a time; but what comes from afar may take its time, and must not hold up what is here. */
    private UnpackedLayer unpackBlob(Descriptor blob, Optional<IncomingBlob> incoming, Path tree, LongConsumer progress)
            throws IOException, InterruptedException {
        if (incoming.isPresent()) {
            try {
                return unpackStream(blob, incoming.get()::open, tree, progress);
            } catch (ImageException e) {
                if (e.kind() == ImageException.Kind.INVALID) {
                    incoming.get().awaitVerified(); // that it is not what was announced says more
                }
                throw e;
            }
        }
        snapshots.unpackers().acquire();
        try {
            return unpackStream(
                    blob, () -> Channels.newInputStream(snapshots.content().open(blob.digest())), tree, progress);
        } finally {
            snapshots.unpackers().release();
        }
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    /** On a thread of the platform: unpacking is one system call after the other, and would hold up virtual threads. */
    private UnpackedLayer unpackStream(Descriptor blob, Opening opening, Path tree, LongConsumer progress)
            throws IOException, InterruptedException {
        CompletableFuture<UnpackedLayer> result = new CompletableFuture<>();
        try {
            Thread thread = Thread.ofPlatform().daemon().name("layer-unpack").start(() -> {
                try (InputStream in = opening.open()) {
                    result.complete(LayerUnpacker.unpack(in, tree, snapshots.limits(), progress));
                } catch (IOException | RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    thread.interrupt(); // and wait on: the tree is to be removed after it
                }
            }
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("unpack layer " + blob.digest() + ": " + reason(e), e);
        }
    }
}
