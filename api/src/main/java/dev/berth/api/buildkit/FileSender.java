package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcException;
import dev.berth.image.files.FileTree;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Sends a tree of files to a client (fsutil's sender): tells of all of them, a directory before what is in it, names sorted by
 * their bytes, and sends the data of those that it is asked for.
 */
final class FileSender {
    private static final int CHUNK_BYTES = 32 << 10;

    private final GrpcCall call;
    private final FileTree files;
    private final String directory;
    private final List<FileStat> stats = new ArrayList<>();
    private final List<List<String>> paths = new ArrayList<>();
    /** Of files that have several names, the first. */
    private final Map<Object, String> firstNames = new HashMap<>();

    /**
     * @param call to the client, not closed
     * @param files which nobody else uses meanwhile
     * @param directory that they come in; empty for none
     */
    FileSender(GrpcCall call, FileTree files, String directory) {
        this.call = call;
        this.files = files;
        this.directory = directory;
    }

    /** Sends all of it. Requests are answered while files are still told of: neither side waits for the other to read. */
    void send(FileTransfer.TransferProgress progress) throws IOException {
        if (!directory.isEmpty()) {
            add(FileStat.directory(directory), List.of());
        }
        walk(List.of(), directory.isEmpty() ? "" : directory + "/");
        CompletableFuture<Void> served = new CompletableFuture<>();
        Thread.ofVirtual().name("build-output").start(() -> {
            try {
                serve(progress);
                served.complete(null);
            } catch (IOException | RuntimeException e) {
                served.completeExceptionally(e);
            }
        });
        for (FileStat stat : stats) {
            call.send(Packet.stat(stat));
        }
        call.send(Packet.endOfStats());
        await(served);
    }

    private void walk(List<String> parent, String prefix) throws IOException {
        for (String name : files.list(parent)) {
            List<String> path = new ArrayList<>(parent);
            path.add(name);
            Optional<TreeFile> file = files.find(path);
            if (file.isEmpty()) {
                continue;
            }
            TarEntry entry = file.get().entry();
            String whole = prefix + entry.path();
            Optional<String> first = file.get().inode().map(inode -> firstNames.putIfAbsent(inode, whole));
            add(FileStat.of(entry, whole, first), path);
            if (entry.type() == TarEntry.Type.DIRECTORY) {
                walk(path, whole + "/");
            }
        }
    }

    private void add(FileStat stat, List<String> path) {
        stats.add(stat);
        paths.add(path);
    }

    private void serve(FileTransfer.TransferProgress progress) throws IOException {
        for (Optional<byte[]> message = call.receive(); message.isPresent(); message = call.receive()) {
            switch (Packet.read(message.get())) {
                case Packet.Request(int file) -> data(file, progress);
                case Packet.Fin _ -> {
                    call.sendLast(Packet.fin());
                    if (call.receive().isPresent()) {
                        throw unexpected();
                    }
                    return;
                }
                case Packet.Failure(String reason) ->
                    throw new GrpcException(GrpcException.Code.UNKNOWN, "the client cannot take the files: " + reason);
                default -> throw unexpected();
            }
        }
        throw new GrpcException(GrpcException.Code.UNAVAILABLE, "the client has not taken all files");
    }

    private void data(int file, FileTransfer.TransferProgress progress) throws IOException {
        if (file < 0 || file >= stats.size() || !stats.get(file).isRegular()) {
            throw new GrpcException(
                    GrpcException.Code.INVALID_ARGUMENT, "the client asks for a file that there is not: " + file);
        }
        files.read(paths.get(file), (_, bytes) -> {
            while (bytes.hasRemaining()) {
                byte[] part = new byte[Math.min(CHUNK_BYTES, bytes.remaining())];
                bytes.get(part);
                call.send(Packet.data(file, part));
                progress.bytes(part.length);
            }
        });
        call.send(Packet.data(file, new byte[0]));
    }

    private static GrpcException unexpected() {
        return new GrpcException(
                GrpcException.Code.INVALID_ARGUMENT, "the client sends something else than requests for files");
    }

    private static void await(CompletableFuture<Void> served) throws IOException {
        try {
            served.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while files were sent to the client");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException reason ? reason : new IOException(e.getCause());
        }
    }
}
