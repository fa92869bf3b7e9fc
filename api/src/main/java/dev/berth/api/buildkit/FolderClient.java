package dev.berth.api.buildkit;

import dev.berth.api.http.RawStream;
import dev.berth.build.ContextSource;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.SentContexts;
import dev.berth.build.run.BuildRunner;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Our own command line, which sends folders from afar: asked for one, it tells of its files, and sends what is wanted of them,
 * in the packets of fsutil, each behind its length in four bytes. It has one connection, and one folder at a time comes over it.
 */
public final class FolderClient {
    private static final int MOST_BYTES = 1 << 20;
    private static final int BUFFER_BYTES = 64 << 10;
    /** Packets that wait for who reads them. */
    private static final int WAITING = 16;

    private final RawStream stream;
    private final String host;
    private final BlockingQueue<Optional<byte[]>> arrived = new ArrayBlockingQueue<>(WAITING);
    private final Thread reader = Thread.currentThread();
    private volatile boolean ended;

    /** @param host what its client calls the host that its folders are on */
    FolderClient(RawStream stream, String host) {
        this.stream = stream;
        this.host = host;
    }

    /** Takes in what the client sends, on the thread that has made this, until either side ends it. */
    void read() throws IOException {
        try (InputStream in = stream.input()) {
            DataInputStream data = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
            while (true) {
                int length = data.readInt();
                if (length < 0 || length > MOST_BYTES) {
                    throw new IOException("the client sends a packet of " + length + " bytes");
                }
                arrived.put(Optional.of(data.readNBytes(length)));
            }
        } catch (EOFException e) {
            // it has left, or is done
        } catch (IOException e) {
            if (!ended) {
                throw e;
            }
        } catch (InterruptedException e) {
            // the build is done
        } finally {
            while (!arrived.offer(Optional.empty())) {
                arrived.poll(); // nobody needs part of what did not come as a whole
            }
        }
    }

    /** Ends the connection: the build has no more to ask. */
    void end() {
        ended = true;
        reader.interrupt();
    }

    /**
     * A folder as a context.
     *
     * @param name that the client has for it: it means the same folder in its next builds
     * @param sent what is here of clients' folders
     */
    public ContextSource folder(String name, SentContexts sent) {
        return scratch -> BuildRunner.opened(receive(name, scratch.resolve("received"), sent));
    }

    private synchronized ContextTree receive(String name, Path spool, SentContexts sent)
            throws IOException, InterruptedException {
        try (SentContexts.Arrival arrival = sent.begin(String.join("\n", "folder", host, name), spool)) {
            send(Packet.open(name));
            return FileTransfer.receive(messages(), arrival, _ -> {});
        }
    }

    private Messages messages() {
        return new Messages() {
            @Override
            public void send(byte[] message) throws IOException {
                FolderClient.this.send(message);
            }

            @Override
            public Optional<byte[]> receive() throws IOException {
                try {
                    Optional<byte[]> packet = arrived.take();
                    if (packet.isEmpty()) {
                        arrived.offer(packet); // it stays the last one
                    }
                    return packet;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while a folder of the client's was received");
                }
            }
        };
    }

    private void send(byte[] message) throws IOException {
        byte[] whole = ByteBuffer.allocate(Integer.BYTES + message.length)
                .putInt(message.length)
                .put(message)
                .array();
        stream.output().write(whole);
    }
}
