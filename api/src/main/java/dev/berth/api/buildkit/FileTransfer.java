package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildException;
import dev.berth.build.files.ArrivingTree;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.SentContexts;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes in a directory of the client's: it tells of all files, and sends the data of those that it is asked for. It is asked for
 * those that are not known from another time.
 */
final class FileTransfer {
    /** Files asked for ahead: a client reads no further than some more than these before they are sent. */
    private static final int AHEAD = 64;

    private final Messages client;
    private final ArrivingTree tree;
    private final TransferProgress progress;
    private final Deque<Map.Entry<Integer, ArrivingTree.File>> wanted = new ArrayDeque<>();
    private final Map<Integer, ArrivingTree.File> underWay = new HashMap<>();

    private FileTransfer(Messages client, ArrivingTree tree, TransferProgress progress) {
        this.client = client;
        this.tree = tree;
        this.progress = progress;
    }

    /** Told of each packet how many bytes have come. */
    interface TransferProgress {
        void bytes(long more);
    }

    /**
     * Receives all of a directory.
     *
     * @param client which sends its files
     * @param arrival where they go, closed by the caller
     * @throws BuildException INVALID for paths that lead out of the directory, or too much of anything
     */
    static ContextTree receive(Messages client, SentContexts.Arrival arrival, TransferProgress progress)
            throws IOException {
        ArrivingTree tree = new ArrivingTree(arrival);
        try {
            return new FileTransfer(client, tree, progress).run();
        } catch (IOException | RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    private ContextTree run() throws IOException {
        list();
        while (!wanted.isEmpty() || !underWay.isEmpty()) {
            ask();
            take();
        }
        client.send(Packet.fin());
        awaitFin();
        return tree.whole();
    }

    private void list() throws IOException {
        Instant now = Instant.now();
        for (int number = 0; ; number++) {
            Packet packet = next();
            if (!(packet instanceof Packet.Stat(Optional<FileStat> file))) {
                throw unexpected();
            }
            if (file.isEmpty()) {
                return;
            }
            Optional<TarEntry> entry = file.get().entry();
            Optional<ArrivingTree.File> data = entry.isEmpty()
                    ? Optional.empty()
                    : tree.add(entry.get(), file.get().version(now));
            if (data.isPresent()) {
                wanted.add(Map.entry(number, data.get()));
            }
        }
    }

    private void ask() throws IOException {
        while (underWay.size() < AHEAD && !wanted.isEmpty()) {
            Map.Entry<Integer, ArrivingTree.File> next = wanted.remove();
            underWay.put(next.getKey(), next.getValue());
            client.send(Packet.request(next.getKey()));
        }
    }

    private void take() throws IOException {
        if (!(next() instanceof Packet.Data(int number, byte[] bytes))) {
            throw unexpected();
        }
        ArrivingTree.File file = underWay.get(number);
        if (file == null) {
            throw new GrpcException(
                    GrpcException.Code.INVALID_ARGUMENT,
                    "the client sends a file that it was not asked for: " + number);
        }
        if (bytes.length > 0) {
            file.write(ByteBuffer.wrap(bytes));
            progress.bytes(bytes.length);
        } else {
            file.end();
            underWay.remove(number);
        }
    }

    private void awaitFin() throws IOException {
        if (!(next() instanceof Packet.Fin)) {
            throw unexpected();
        }
    }

    private Packet next() throws IOException {
        byte[] message = client.receive()
                .orElseThrow(() -> new GrpcException(
                        GrpcException.Code.UNAVAILABLE, "the client has ended the transfer of its files too early"));
        Packet packet = Packet.read(message);
        if (packet instanceof Packet.Failure(String reason)) {
            throw BuildException.failed("the client could not send its files: " + reason);
        }
        return packet;
    }

    private static GrpcException unexpected() {
        return new GrpcException(
                GrpcException.Code.INVALID_ARGUMENT, "the client sends something else than files at this place");
    }
}
