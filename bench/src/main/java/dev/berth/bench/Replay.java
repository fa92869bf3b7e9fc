package dev.berth.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An engine that does nothing: the first request of a kind is answered by the real engine behind it, and that answer is given
 * again, byte for byte, to all that follow. What a client takes then is the client's own. Closed by whoever opened it.
 */
final class Replay implements AutoCloseable {
    private final Path socket;
    private final Path engine;
    private final ServerSocketChannel server;
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();

    /** @param engine the real one's socket */
    Replay(Path socket, Path engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("replay").start(this::accept);
    }

    Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofPlatform().daemon().name("replay-client").start(() -> serve(client));
            }
        } catch (IOException e) {
            return; // it is closed
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(client), 1 << 16);
            while (true) {
                Message request = Message.read(in, true);
                byte[] known = answers.get(request.firstLine());
                if (known == null) {
                    known = ask(request);
                    answers.put(request.firstLine(), known);
                }
                write(client, known);
            }
        } catch (IOException e) {
            return; // the client has left
        }
    }

    private byte[] ask(Message request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
            write(channel, request.bytes());
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            return Message.read(in, !request.firstLine().startsWith("HEAD ")).bytes();
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** A request or an answer as it was sent. */
    private record Message(String firstLine, byte[] bytes) {
        /** @param mayHaveBody whether there is a body, if the head says so */
        static Message read(InputStream in, boolean mayHaveBody) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            String first = line(in, bytes);
            int length = 0;
            boolean chunked = false;
            for (String header = line(in, bytes); !header.isEmpty(); header = line(in, bytes)) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            lower.substring("content-length:".length()).strip());
                }
                chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            }
            if (mayHaveBody && chunked) {
                int size = 1;
                while (size > 0) {
                    size = Integer.parseInt(line(in, bytes), 16);
                    bytes.write(in.readNBytes(size));
                    line(in, bytes);
                }
            } else if (mayHaveBody) {
                bytes.write(in.readNBytes(length));
            }
            return new Message(first, bytes.toByteArray());
        }

        private static String line(InputStream in, ByteArrayOutputStream all) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("the connection was closed in the middle of a message");
                }
                all.write(c);
                line.write(c);
            }
            all.write('\n');
            return line.toString(StandardCharsets.ISO_8859_1).strip();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
